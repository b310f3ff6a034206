"""A room that grows: from browser to browser, then through Janus, without Janus, and back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import admit_all, chat_of, say
from tests.journeys.media_probe import PAIRS, Caller
from tests.journeys.server_calls import HEARD, LISTEN, Growing, a_growing_hall
from tests.journeys.test_calls import STALE
from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser

# What the others do, who have no browser in this test: come in, and turn their cameras on.
CAMERAS = """
import sys
from django.utils import timezone
from sessions.actions.rooms import CommandRequest, RequestEntry, execute
from sessions.models import Room
from sessions.room import commands as c
room = Room.objects.get(occurrence__key={key!r})
requests = [CommandRequest(RequestEntry(by=who)) for who in {others!r}]
requests += [CommandRequest(c.Admit(by={lead!r}, who=who)) for who in {others!r}]
requests += [CommandRequest(c.Camera(by=who, on=True)) for who in {cameras!r}]
done = execute(room_id=room.pk, requests=requests, now=timezone.now())
assert room.pk and not [it.refusal for it in done.outcomes[-len({cameras!r}):] if it.refusal], done.outcomes
"""
# A window through Janus has two connections, one each way; those of the mesh are closed by then.
MOVED = "() => made.filter((it) => it.connectionState !== 'closed').length === 2"
MOVED_MS = 90_000  # a bound; the old way stays until the new one stands
NAMES = ["amina", "bo", "dara", "edith", "nour"]


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[Growing]:
    with a_growing_hall(tmp_path) as growing:
        yield growing


def turn_cameras_on(growing: Growing, *, lead: str, others: list[str], cameras: list[str]) -> None:
    key = growing.hall.world["door"].strip("/").rpartition("/")[2]
    words = CAMERAS.format(key=key, lead=lead, others=others, cameras=cameras)
    made = server_process.manage("shell", "-v", "0", "-c", words, env=growing.env, seconds=120)
    assert made.returncode == 0, made.stderr


def test_a_room_that_grows_moves_to_the_server_and_survives_its_loss(growing: Growing) -> None:
    hall = growing.hall
    amina, bo = Caller(hall, "amina"), Caller(hall, "bo")
    for caller in (amina, bo):
        caller.comes()
    admit_all(amina.page)
    for caller in (amina, bo):
        caller.joins()
    bo.speaks()
    assert amina.hears(bo)
    privacy = amina.page.locator("[data-encryption]")
    expect(privacy).to_contain_text("between you and the others")

    amina.page.evaluate(LISTEN, bo.who)
    others = [str(hall.world["who"][name]) for name in ("dara", "edith", "nour")]
    turn_cameras_on(growing, lead=amina.who, others=others, cameras=[amina.who, bo.who, *others])
    amina.page.wait_for_function(MOVED, timeout=MOVED_MS)
    assert amina.page.evaluate(HEARD)["gaps"] == 0
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
    expect(chat_of(amina.page)).to_contain_text("We go on in writing.")
    assert amina.hears(bo), "it is small enough again to go on without a server"
    growing.janus.start()
    assert amina.hears(bo)
    assert hall.problems == []


def test_with_the_fifth_camera_everyone_moves_to_the_server_and_sees_everyone(
    growing: Growing,
) -> None:
    people = [Caller(growing.hall, name) for name in NAMES]
    amina, bo, *_ = people
    for caller in people:
        caller.comes()
    admit_all(amina.page)
    for caller in people:
        caller.joins()
    bo.speaks()
    *four, fifth = people
    for caller in four:
        caller.shows_herself()
    assert everyone_sees(four, by=people)
    assert not any(["relay", "host"] in caller.page.evaluate(PAIRS) for caller in people)

    listeners = [caller for caller in people if caller is not bo]
    for listener in listeners:
        listener.page.evaluate(LISTEN, bo.who)
    fifth.shows_herself()
    for caller in people:
        caller.page.wait_for_function(MOVED, timeout=MOVED_MS)
    heard = {caller.name: caller.page.evaluate(HEARD) for caller in listeners}
    longest = max(it["longest"] for it in heard.values())
    sys.stdout.write(f"FIGURE\tlongest silence at the move to the server\t{longest:.2f} s\n")
    assert not any(it["gaps"] for it in heard.values()), heard
    assert everyone_sees(people, by=people)
    assert all(listener.hears(bo) for listener in listeners)
    assert all(["relay", "host"] in caller.page.evaluate(PAIRS) for caller in people)
    assert growing.hall.problems == []


def everyone_sees(seen: list[Caller], *, by: list[Caller]) -> bool:
    """Whether every browser decodes more and more pictures of each of the others."""
    return all(caller.sees(other) for caller in by for other in seen if caller is not other)
