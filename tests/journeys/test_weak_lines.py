"""Lines that become narrow in the middle of a call, and a relay that goes and comes back."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import say, talk_of
from tests.journeys.media_probe import Caller
from tests.journeys.server_calls import Growing, a_growing_hall
from tests.support.bandwidth_limit import Throttle
from tests.support.fake_voice import write_speech

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

HARDLY_ANYTHING = 24_000  # bits a second; not even a voice
STEP_MS = 40_000  # four poor looks, and the time that a line takes to be poor

BACK_MS = 15_000


@pytest.fixture(params=["mesh", "janus"])
def growing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Growing]:
    with a_growing_hall(
        tmp_path, write_speech(tmp_path), COMMONHOUR_MEDIA=request.param
    ) as growing:
        yield growing


def gathered(growing: Growing, *, port: int) -> tuple[Caller, Caller]:
    """Let two people speak with each other; Bo reaches the relay by this port."""
    amina, bo = (Caller(growing.hall, name) for name in ("amina", "bo"))
    bo.goes_by(port)
    for caller in (amina, bo):
        caller.comes()
    amina.press("Let in everyone who holds a seat")
    for caller in (amina, bo):
        caller.joins()
        caller.press("Turn the microphone on")
    assert bo.hears(amina)
    return amina, bo


def test_a_narrow_line_loses_pictures_then_voices_and_its_owner_is_told(growing: Growing) -> None:
    with closing(Throttle(growing.relay.port)) as line:
        amina, bo = gathered(growing, port=line.port)
        for caller in (amina, bo):
            caller.shows_herself()
        assert bo.sees(amina)
        assert amina.sees(bo)

        line.bits_per_second = HARDLY_ANYTHING
        news = bo.page.locator("[data-call-news]")
        expect(news).to_contain_text("pictures are off for you", timeout=STEP_MS)
        expect(amina.page.locator(f'[data-who="{bo.who}"] video')).to_be_hidden()
        expect(news).to_contain_text("You take part in writing now", timeout=STEP_MS)
        expect(amina.page.locator(f'[data-who="{bo.who}"] [data-state]')).to_have_text("in text")

        if growing.env["COMMONHOUR_MEDIA"] == "janus":
            hers = amina.page.get_by_role("button", name="Turn the microphone off")
            expect(hers).to_be_visible()  # her own line is well, whatever is missing of Bo
        line.bits_per_second = None
        bo.joins()
        assert bo.hears(amina)
        assert not bo.of(amina)["is_shown"], "going up again is her own choice"
        assert growing.hall.problems == []


def test_without_the_relay_people_are_told_and_voices_come_back_with_it(growing: Growing) -> None:
    amina, bo = gathered(growing, port=growing.relay.port)
    growing.relay.kill()
    for caller in (amina, bo):
        news = caller.page.locator("[data-call-news]")
        expect(news).to_contain_text("Voices are away", timeout=STEP_MS)
    say(bo.page, "We go on in writing.")
    expect(talk_of(amina.page)).to_contain_text("We go on in writing.")
    growing.relay.start()
    for caller, other in ((amina, bo), (bo, amina)):
        news = caller.page.locator("[data-call-news]")
        expect(news).to_contain_text("Voices are there", timeout=BACK_MS)
        assert caller.hears(other)
