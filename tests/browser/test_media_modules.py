"""The parts of a call that decide something, asked alone in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser) -> Page:
    page = chromium.new_page()
    page.goto(f"{live_server.url}/help/")
    return page


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
    assert [step for step in steps if step] == ["voices", "text"]
    assert steps.index("voices") == 7, "three poor looks are a moment, four are a line"


@pytest.mark.parametrize(
    ("now", "quality"),
    [
        ({"lost": 0, "received": 100, "seconds": 0.05, "sent": 0}, "good"),
        ({"lost": 5, "received": 95, "seconds": 0.05, "sent": 0}, "fair"),
        ({"lost": 20, "received": 80, "seconds": 0.05, "sent": 0}, "poor"),
        ({"lost": 0, "received": 100, "seconds": 1.5, "sent": 0}, "poor"),
        ({"lost": 0, "received": 100, "seconds": 0.05, "sent": 0.3}, "poor"),
        ({"lost": 0, "received": 0, "seconds": 0.05, "sent": 0}, "good"),
    ],
)
def test_a_line_is_graded_by_what_is_lost_and_how_late_it_is(
    page: Page, now: dict[str, float], quality: str
) -> None:
    last = {"lost": 0, "received": 0, "seconds": 0, "sent": 0}
    assert ask(page, "quality", "return it.grade(...given);", [now, last]) == quality


def test_speech_is_asked_for_with_correction_and_quiet_silence(page: Page) -> None:
    text = "v=0\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=0\r\na=x:1\r\n"
    described = ask(page, "opus", "return it.withOpus({ type: 'offer', sdp: given });", text)
    lines = described["sdp"].split("\r\n")
    assert set(lines[2].removeprefix("a=fmtp:111 ").split(";")) == {
        *("minptime=10", "useinbandfec=1", "usedtx=1", "stereo=0", "maxaveragebitrate=32000")
    }
    assert [lines[at] for at in (0, 1, 3)] == ["v=0", "a=rtpmap:111 opus/48000/2", "a=x:1"]
    assert ask(page, "opus", "return it.withOpus({ type: 'offer', sdp: 'v=0' }).sdp;") == "v=0"
