"""A room that grows: from browser to browser, then through Janus, without Janus, and back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import mediaservers, serving
from tests.journeys.callers import FAKE_DEVICES, PAIRS, Caller
from tests.journeys.conftest import a_browser, a_hall
from tests.journeys.hall import say, talk_of
from tests.journeys.test_calls import STALE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.hall import Hall

pytestmark = pytest.mark.browser

# What the others do, who have no browser in this test: come in, and turn their cameras on.
CAMERAS = """
import sys
from django.utils import timezone
from sessions.actions.rooms import Knock, Wish, fulfil
from sessions.models import Room
from sessions.room import commands as c
room = Room.objects.get(occurrence__key={key!r})
wishes = [Wish(Knock(by=who)) for who in {others!r}]
wishes += [Wish(c.Admit(by={lead!r}, who=who)) for who in {others!r}]
wishes += [Wish(c.Camera(by=who, on=True)) for who in {cameras!r}]
done = fulfil(room_id=room.pk, wishes=wishes, now=timezone.now())
assert room.pk and not [it.refusal for it in done.outcomes[-len({cameras!r}):] if it.refusal], done.outcomes
"""
GAP_SECONDS = 2.0


@dataclass
class Growing:
    """A hall with a relay and a Janus; ``env`` is what its server was started with."""

    hall: Hall
    janus: mediaservers.Program
    env: dict[str, str]

    def turn_cameras_on(self, *, lead: str, others: list[str], cameras: list[str]) -> None:
        key = self.hall.world["door"].strip("/").rpartition("/")[2]
        words = CAMERAS.format(key=key, lead=lead, others=others, cameras=cameras)
        made = serving.manage("shell", "-v", "0", "-c", words, env=self.env, seconds=120)
        assert made.returncode == 0, made.stderr


@pytest.fixture
def growing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Growing]:
    folder = tmp_path_factory.mktemp("growing")
    relay = mediaservers.turnserver(folder / "relay")
    janus = mediaservers.janus(folder / "janus")
    settings = {
        "TURN_URLS": f"turn:127.0.0.1:{relay.port}?transport=udp",
        "TURN_SECRET": mediaservers.SECRET,
        "JANUS_URL": f"ws://127.0.0.1:{janus.port}",
        "JANUS_SECRET": mediaservers.SECRET,
    }
    relay.start()
    janus.start()
    try:
        with (
            a_browser(*FAKE_DEVICES) as browser,
            a_hall(browser, folder, **settings) as hall,
        ):
            yield Growing(hall, janus, serving.environment(folder, **settings))
    finally:
        janus.stop()
        relay.stop()


def longest_gap(listener: Caller, speaker: Caller, *, seconds: float) -> float:
    """Return for how long nothing new of a voice came, at most, within a while."""
    begin = last = time.monotonic()
    longest, bytes_before = 0.0, listener.arrived()
    while time.monotonic() - begin < seconds:
        listener.page.wait_for_timeout(100)
        bytes_now, now = listener.arrived(), time.monotonic()
        if bytes_now != bytes_before:
            longest, last, bytes_before = max(longest, now - last), now, bytes_now
    return max(longest, time.monotonic() - last)


def test_a_room_that_grows_moves_to_the_server_and_survives_its_loss(growing: Growing) -> None:
    hall = growing.hall
    amina, bo = Caller(hall, "amina"), Caller(hall, "bo")
    for caller in (amina, bo):
        caller.comes()
    amina.press("Let in everyone who holds a seat")
    for caller in (amina, bo):
        caller.joins()
    bo.press("Turn the microphone on")
    assert amina.hears(bo)
    privacy = amina.page.locator("[data-encryption]")
    expect(privacy).to_contain_text("between you and the others")

    others = [str(hall.world["who"][name]) for name in ("dara", "edith", "nour")]
    growing.turn_cameras_on(lead=amina.who, others=others, cameras=[amina.who, bo.who, *others])
    assert longest_gap(amina, bo, seconds=8) < GAP_SECONDS
    assert amina.hears(bo)
    expect(privacy).to_contain_text("between you and the others")  # sealed: the server cannot hear
    pairs = amina.page.evaluate(PAIRS)
    assert ["relay", "host"] in pairs, "it goes through Janus now"
    for caller in (amina, bo):
        assert set(caller.page.evaluate("ways")) == {"relay"}

    late = Caller(hall, "dara")
    late.page.add_init_script(STALE)
    late.comes()
    late.joins()
    late.page.wait_for_function("() => failures.includes(401)")
    assert late.page.evaluate("ways") == []
    assert amina.hears(bo), "the others go on"

    growing.janus.kill()
    say(bo.page, "We go on in writing.")
    expect(talk_of(amina.page)).to_contain_text("We go on in writing.")
    assert amina.hears(bo), "it is small enough again to go on without a server"
    growing.janus.start()
    assert amina.hears(bo)
    assert hall.problems == []
