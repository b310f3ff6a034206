"""Lines that become narrow in the middle of a call, and a relay that goes and comes back."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import admit_all, chat_of, say
from tests.journeys.media_probe import Caller
from tests.journeys.server_calls import Growing, a_growing_hall
from tests.support.bandwidth_limit import Throttle
from tests.support.fake_voice import write_speech

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator

pytestmark = pytest.mark.browser

NARROW = 48_000  # bits a second each way; the voices that Bo sends and receives need 80,000
TOLD_MS = 90_000  # a bound, and no measure: four looks that had anything to judge by, twice
# Three seconds are right for people. What is looked at is the same, more often.
LOOKS_EACH_SECOND = """
const every = window.setInterval;
window.setInterval = (act, ms, ...more) => every(act, ms === 3000 ? 1000 : ms, ...more);
"""


@pytest.fixture(scope="module", params=["mesh", "janus"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Growing]:
    folder = tmp_path_factory.mktemp(request.param)
    with a_growing_hall(folder, write_speech(folder), COMMONHOUR_MEDIA=request.param) as growing:
        yield growing


@pytest.fixture
def growing(served: Growing) -> Iterator[Growing]:
    """Give a test a session of its own, and a relay that runs."""
    with served.hall.own_hour():
        yield served
    if served.relay.process is None:
        served.relay.start()


def collected(growing: Growing, *names: str, port: int) -> list[Caller]:
    """Let people speak with each other; Bo reaches the relay by this port."""
    people = [Caller(growing.hall, name) for name in names]
    for caller in people:
        caller.page.add_init_script(LOOKS_EACH_SECOND)
        if caller.name == "bo":
            caller.goes_by(port)
        caller.comes()
    admit_all(people[0].page)
    for caller in people:
        caller.joins()
        caller.speaks()
    assert all(one.hears(other) for one in people for other in people if one is not other)
    return people


def notices_of(caller: Caller) -> Locator:
    return caller.page.locator("[data-call-news]")


def test_a_narrow_line_loses_pictures_then_voices_and_its_owner_is_told(growing: Growing) -> None:
    """Between two people nobody can tell whose line is weak; the third shows that it is Bo's."""
    with closing(Throttle(growing.relay.port)) as line:
        amina, bo, dara = collected(growing, "amina", "bo", "dara", port=line.port)
        for caller in (amina, bo):
            caller.shows_herself()
        assert bo.sees(amina)
        assert amina.sees(bo)

        line.bits_per_second = NARROW
        expect(notices_of(bo)).to_contain_text("video is off for you", timeout=TOLD_MS)
        expect(amina.tile(bo).locator("video")).to_be_hidden()
        expect(notices_of(bo)).to_contain_text("You take part in writing now", timeout=TOLD_MS)
        expect(amina.tile(bo).locator("[data-state]")).to_have_text("in text")

        for caller, other in ((amina, dara), (dara, amina)):
            assert caller.hears(other), "their own line is well, whatever is missing of Bo"
        assert dara.sees(amina)
        line.bits_per_second = None
        bo.joins()
        assert bo.hears(amina)
        assert not bo.of(amina)["is_shown"], "going up again is their own choice"
        assert growing.hall.problems == []


def test_without_the_relay_people_are_told_and_voices_come_back_with_it(growing: Growing) -> None:
    amina, bo = collected(growing, "amina", "bo", port=growing.relay.port)
    growing.relay.kill()
    for caller in (amina, bo):
        expect(notices_of(caller)).to_contain_text("Audio is away", timeout=TOLD_MS)
    say(bo.page, "We go on in writing.")
    expect(chat_of(amina.page)).to_contain_text("We go on in writing.")
    growing.relay.start()
    for caller, other in ((amina, bo), (bo, amina)):
        expect(notices_of(caller)).to_contain_text("Audio is there", timeout=TOLD_MS)
        assert caller.hears(other)
