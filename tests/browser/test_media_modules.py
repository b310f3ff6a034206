"""The decisions of a call, each module by itself: no server, no media, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WHOLE = {"lost": 0, "received": 100}
TORN = {"lost": 20, "received": 80}


@pytest.fixture
def page(module_page: Page) -> Page:
    return module_page


def ask(page: Page, module: str, script: str, given: Any = None) -> Any:
    """Return what a script makes of a module, called ``it``, and of what is given."""
    code = (
        f"async (given) => {{ const it = await import('/static/js/media/{module}.js'); {script} }}"
    )
    return page.evaluate(code, given)


def test_a_weak_line_steps_down_one_step_at_a_time_and_never_up(page: Page) -> None:
    looks = ["poor"] * 3 + ["good"] + ["poor"] * 12
    steps = ask(
        page,
        "ladder",
        """const ladder = it.makeLadder(); let now = "everything"; const steps = [];
        for (const quality of given) { const step = ladder.look(quality, now); if (step) now = step; steps.push(step); }
        return steps;""",
        looks,
    )
    assert [step for step in steps if step] == ["audio", "text"]
    assert steps.index("audio") == 7, "three poor looks are a moment, four are a line"


@pytest.mark.parametrize(
    ("now", "quality"),
    [
        ({"from": [WHOLE], "seconds": 0.05, "sent": 0}, "good"),
        ({"from": [{"lost": 5, "received": 95}], "seconds": 0.05, "sent": 0}, "fair"),
        ({"from": [TORN], "seconds": 0.05, "sent": 0}, "poor"),
        ({"from": [WHOLE], "seconds": 1.5, "sent": 0}, "poor"),
        ({"from": [WHOLE], "seconds": 0.05, "sent": 0.3}, "poor"),
        ({"from": [{"lost": 0, "received": 0}], "seconds": 0.05, "sent": 0}, "good"),
        ({"from": [], "seconds": 0.05, "sent": 0}, "good"),
    ],
)
def test_a_line_is_graded_by_what_is_lost_and_how_late_it_is(
    page: Page, now: dict[str, Any], quality: str
) -> None:
    assert ask(page, "quality", "return it.grade(given);", now) == quality


@pytest.mark.parametrize(
    ("people", "seconds", "quality"),
    [
        ([TORN], 0.02, "good"),
        ([WHOLE, TORN], 0.02, "good"),
        ([TORN, WHOLE], 0.02, "good"),
        ([TORN, TORN], 0.02, "poor"),
        ([TORN], 0.4, "poor"),
    ],
)
def test_behind_a_server_the_weak_line_of_one_person_is_not_everybodys(
    page: Page, people: list[dict[str, int]], seconds: float, quality: str
) -> None:
    now = {"from": people, "seconds": seconds, "sent": 0, "isServed": True}
    assert ask(page, "quality", "return it.grade(given);", now) == quality


def test_speech_is_asked_for_with_correction_and_quiet_silence(page: Page) -> None:
    text = "v=0\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=0\r\na=x:1\r\n"
    described = ask(page, "opus", "return it.withOpus({ type: 'offer', sdp: given });", text)
    lines = described["sdp"].split("\r\n")
    assert set(lines[2].removeprefix("a=fmtp:111 ").split(";")) == {
        *("minptime=10", "useinbandfec=1", "usedtx=1", "stereo=0", "maxaveragebitrate=32000")
    }
    assert [lines[at] for at in (0, 1, 3)] == ["v=0", "a=rtpmap:111 opus/48000/2", "a=x:1"]
    assert ask(page, "opus", "return it.withOpus({ type: 'offer', sdp: 'v=0' }).sdp;") == "v=0"


def test_a_carrier_has_taken_over_when_everybody_who_is_on_has_arrived(page: Page) -> None:
    script = """
    const before = it.arrivals();
    for (const who of ["amina", "bo", "dara"]) before.note(who, "audio");
    const now = it.arrivals(before.which((who) => who !== "dara"));
    const seen = [];
    now.all.then(() => seen.push("all"));
    for (const [who, kind] of [["amina", "audio"], ["amina", "audio"], ["bo", "video"], ["bo", "audio"]]) {
      now.note(who, kind);
      await Promise.resolve();
      seen.push(`${who} ${kind}`);
    }
    await it.arrivals().all; // nobody was there before
    return seen;
    """
    assert ask(page, "arrivals", script) == [
        *("amina audio", "amina audio", "bo video", "all", "bo audio")
    ]
