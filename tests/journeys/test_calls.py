"""Evenings with voices: browsers with fake microphones and cameras, counted by what they decode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.test_style_guide import TOO_WIDE
from tests.journeys.browsers import admit_all, person_menu
from tests.journeys.conftest import a_hall
from tests.journeys.media_probe import CHEAT, FAKE_DEVICES, PAIRS, Caller
from tests.support import media_servers
from tests.support.accessibility import violations
from tests.support.chromium import a_browser
from tests.support.polling import becomes_true

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.journeys.browsers import Hall

pytestmark = pytest.mark.browser

WITHIN_MS = 2000  # a removed person hears and sends nothing after that
STALE = """
const Watched = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Watched {
  constructor(config) {
    super({ ...config, iceServers: config.iceServers.map((it) => ({ ...it, username: it.username.replace(/^\\d+/, "1") })) });
  }
};
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser(*FAKE_DEVICES) as browser:
        yield browser


@pytest.fixture(scope="module")
def relayed(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """Serve a mesh with a relay, where people may also agree to direct ways."""
    folder = tmp_path_factory.mktemp("mesh")
    relay = media_servers.turnserver(folder / "relay")
    relay.start()
    settings = {
        "COMMONHOUR_MEDIA": "mesh",
        "COMMONHOUR_DIRECT_CALLS": "yes",
        "TURN_URLS": f"turn:127.0.0.1:{relay.port}?transport=udp",
        "TURN_SECRET": media_servers.SECRET,
    }
    try:
        with a_hall(browser, folder, **settings) as hall:
            yield hall
    finally:
        relay.stop()


@pytest.fixture(scope="module")
def served_by_janus(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Hall, media_servers.Program]]:
    """Serve rooms that Janus carries from the first voice on."""
    folder = tmp_path_factory.mktemp("janus")
    program = media_servers.janus(folder / "janus")
    program.start()
    settings = {
        "COMMONHOUR_MEDIA": "janus",
        "JANUS_URL": f"ws://127.0.0.1:{program.port}",
        "JANUS_SECRET": media_servers.SECRET,
    }
    try:
        with a_hall(browser, folder, **settings) as hall:
            yield hall, program
    finally:
        program.stop()


@pytest.fixture
def mesh(relayed: Hall) -> Iterator[Hall]:
    with relayed.own_hour():
        yield relayed


@pytest.fixture
def janus(served_by_janus: tuple[Hall, media_servers.Program]) -> Iterator[Hall]:
    hall, _ = served_by_janus
    with hall.own_hour():
        yield hall


BACKENDS = ["mesh", "janus"]


@pytest.fixture(params=BACKENDS)
def calls(request: pytest.FixtureRequest) -> Hall:
    """Return an hour whose voices go this way."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def collected(hall: Hall, *names: str, direct: bool = True) -> list[Caller]:
    """Let people come in and join the call; the first one facilitates."""
    callers = [Caller(hall, name) for name in names]
    for caller in callers:
        caller.comes()
    admit_all(callers[0].page)
    for caller in callers:
        caller.joins(direct=direct)
    return callers


def test_three_people_hear_and_see_each_other_by_the_rules(calls: Hall) -> None:
    amina, bo, dara = people = collected(calls, "amina", "bo", "dara")
    assert bo.hears_nobody(amina, dara), "everyone comes in muted"
    for caller in people:
        caller.speaks()
        caller.shows_herself()
    for caller in people:
        for other in people:
            assert caller is other or caller.hears(other), (caller.name, other.name)
            assert caller is other or caller.sees(other), (caller.name, other.name)

    amina.sets_turns(strict=True)
    bo.press("Hand")
    amina.press("Invite to speak: Bo")
    expect(bo.page.get_by_role("button", name="I'm done")).to_be_visible()
    assert dara.hears_nobody(amina, bo), "a turn begins in silence"
    bo.speaks()
    dara.press("Mic")
    expect(dara.page.get_by_role("alert")).to_contain_text("Someone else is speaking")
    assert amina.hears(bo)
    assert dara.hears(bo)
    assert bo.hears_nobody(amina, dara)
    assert dara.sees(amina), "faces may listen"

    amina.sets_turns(strict=False)
    dara.speaks()
    assert bo.hears(dara)
    person_menu(amina.page, "Dara").get_by_role("button", name="Mute").click()
    expect(dara.switch("Mic")).to_have_attribute("aria-pressed", "false")
    dara.comes()
    dara.joins()
    dara.press("Mic")
    expect(dara.page.get_by_role("alert")).to_contain_text("muted you")
    assert not bo.of(dara)["is_played"]
    person_menu(amina.page, "Dara").get_by_role("button", name="Allow the microphone").click()
    expect(dara.page.locator("[data-call-news]")).to_contain_text("You may speak again")
    dara.speaks()
    assert bo.hears(dara)

    person_menu(amina.page, "Dara").get_by_role("button", name="Remove Dara").click()
    amina.page.get_by_label("Why", exact=True).fill("sells")
    amina.press("Remove")
    for caller in (amina, bo):
        expect(caller.tile(dara)).to_have_count(0, timeout=WITHIN_MS)
    dara.page.wait_for_function(
        "() => made.every((pc) => pc.connectionState === 'closed')", timeout=WITHIN_MS
    )
    before = dara.arrived()
    assert amina.hears(bo)
    assert dara.arrived() == before
    assert calls.problems == []


def test_a_browser_that_goes_on_sending_is_not_played_and_a_broken_line_heals(mesh: Hall) -> None:
    amina, bo = collected(mesh, "amina", "bo")
    bo.speaks()
    assert amina.hears(bo)
    amina.mutes_all()
    expect(bo.page.locator("[data-call-news]")).to_contain_text("muted you")
    before = amina.arrived()

    def cheats_until_it_arrives() -> (
        bool
    ):  # the page itself puts no track there, when it hears of the mute
        bo.page.evaluate(CHEAT)
        return amina.arrived() >= before + 2000

    assert becomes_true(cheats_until_it_arrives), "it does arrive: a mesh cannot stop it"
    assert not amina.of(bo)["is_played"]

    amina.allows_microphones()
    mesh.relay.cut()
    expect(bo.page.locator("[data-connection]")).to_contain_text("No connection")
    mesh.relay.mend()
    for caller in (amina, bo):
        line = caller.page.locator("[data-connection]")
        expect(line).to_have_text("You are connected.", timeout=20_000)
    bo.speaks()
    assert amina.hears(bo)
    bo.chooses_devices()
    bo.page.get_by_label("What you receive").select_option("text")
    expect(bo.page.locator("[data-call=join]")).to_be_attached()
    expect(bo.page.locator("[data-call-news]")).to_contain_text("Nobody hears or sees you")
    expect(amina.tile(bo).locator("[data-state]")).to_have_text("in text")


def test_nobody_leaves_the_relay_and_a_pass_of_yesterday_opens_nothing(mesh: Hall) -> None:
    amina, bo = collected(mesh, "amina", "bo", direct=False)
    bo.speaks()
    assert amina.hears(bo)
    for caller in (amina, bo):
        assert set(caller.page.evaluate("ways")) == {"relay"}
        assert {way for pair in caller.page.evaluate(PAIRS) for way in pair} == {"relay"}
    late = Caller(mesh, "dara")
    late.page.add_init_script(STALE)
    late.comes()
    admit_all(amina.page)
    late.joins()
    late.page.wait_for_function("() => failures.includes(401)", timeout=15_000)
    assert late.page.evaluate("ways") == []
    assert late.of(bo)["bytes"] == 0
    assert amina.hears(bo), "the others go on"


def test_a_direct_way_needs_both_to_agree(mesh: Hall) -> None:
    amina, bo = collected(mesh, "amina", "bo", direct=False)
    bo.speaks()
    amina.chooses_devices()
    amina.page.get_by_label("Connect me directly").check()
    amina.press("Done")
    assert amina.hears(bo)
    assert set(amina.page.evaluate("ways")) == {"relay"}, "hers alone is not enough"
    bo.chooses_devices()
    bo.page.get_by_label("Connect me directly").check()
    bo.press("Done")
    for caller in (amina, bo):
        caller.page.wait_for_function("() => ways.includes('host')")
    assert amina.hears(bo)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_call_passes_axe_and_fits_a_phone(mesh: Hall, scheme: str) -> None:
    amina = Caller(mesh, "amina", color_scheme=scheme)
    amina.comes()
    amina.press("Join audio")
    amina.page.set_viewport_size({"width": 360, "height": 740})
    assert violations(amina.page) == []
    amina.page.keyboard.press("Escape")
    expect(amina.page.get_by_role("dialog")).to_be_hidden()
    amina.joins(direct=True)
    amina.speaks()
    amina.shows_herself()
    assert violations(amina.page) == []
    for direction in ("ltr", "rtl"):
        amina.page.evaluate("dir => document.documentElement.dir = dir", direction)
        assert amina.page.evaluate(TOO_WIDE) <= 0, direction
