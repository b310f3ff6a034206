"""People in a room: what reaches whom, in which order, and until when."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.db.models import F
from django.utils import timezone

from scheduler.models import Membership, Occurrence
from sessions.actions import rooms
from sessions.actions.rooms import Wish
from sessions.live.connection import Socket
from sessions.live.hub import the_hub
from sessions.live.room_feed import LiveRoom
from sessions.models import Lease, Room, RoomEvent, SignIn
from sessions.room import commands as c
from sessions.room.events import HEARD_INSIDE, Circle, Event
from tests import make
from tests.support.ws_client import Evening, Line


async def test_a_facilitator_and_a_participant_meet(evening: Evening) -> None:
    amina = await evening.line("amina")
    bo = await evening.line("bo")
    assert bo.frames[0]["room"]["you"]["standing"] == "waiting"
    assert (await amina.until("waiting"))["alias"] == "Bo"
    await amina.ask("admit", who=evening.who("bo"))
    picture = await bo.until("room")
    assert [card["alias"] for card in picture["room"]["people"]] == ["Amina", "Bo"]
    await bo.ask("say", text="Good evening")
    assert (await amina.until("said"))["text"] == "Good evening"
    await bo.ask("raise_hand")
    assert (await amina.until("hand_raised"))["floor"]["hands"] == [evening.who("bo")]


async def test_who_waits_hears_and_sees_nothing(evening: Evening) -> None:
    amina = await evening.line("amina")
    bo = await evening.inside("bo", amina)
    dara = await evening.line("dara")
    assert "people" not in dara.frames[0]["room"]
    await bo.ask("say", text="a secret")
    await bo.ask("raise_hand")
    await amina.ask("back_channel", text="for us")
    assert await dara.is_quiet()
    await amina.ask("admit", who=evening.who("dara"))
    picture = await dara.until("room")
    assert picture["lines"] == []
    assert dara.words == []


async def test_a_removed_person_who_holds_the_line_open_hears_nothing_more(
    evening: Evening,
) -> None:
    amina = await evening.line("amina")
    bo, tablet = await evening.inside("bo", amina), await evening.line("bo")
    await amina.ask("remove", who=evening.who("bo"), reason="selling")
    await amina.ask("say", text="after")
    assert await bo.closes(within=2) == 4403
    assert await tablet.closes(within=2) == 4403
    assert "after" not in bo.words + tablet.words
    assert bo.events[-1]["kind"] == "removed"
    ticket = await sync_to_async(evening.ticket)("bo")
    again = Line()
    assert (await again.hello(ticket))["code"] == "removed"
    await bo.send({"type": "say", "id": "x", "text": "I am still here"})
    assert await amina.is_quiet()


async def test_private_lines_reach_facilitators_and_nobody_else(evening: Evening) -> None:
    amina = await evening.line("amina")
    edith = await evening.line("edith")
    bo = await evening.inside("bo", amina)
    dara = await evening.inside("dara", amina)
    await bo.until("joined")
    await bo.ask("tell_facilitators", text="I feel unsafe")
    await amina.ask("answer", who=evening.who("bo"), text="I am with you")
    await amina.ask("back_channel", text="Bo needs us")
    await bo.ask("ask_for_help")
    assert await dara.is_quiet(0.2)
    await bo.is_quiet(0.1)
    await edith.is_quiet(0.1)
    assert bo.words == ["I feel unsafe", "I am with you"]
    assert edith.words == ["I feel unsafe", "I am with you", "Bo needs us"]


async def test_a_closed_laptop_disappears_after_the_grace(evening: Evening) -> None:
    amina = await evening.line("amina")
    bo = await evening.inside("bo", amina)
    await bo.hang_up()
    assert await amina.is_quiet(0.3)
    await _run_out(evening)
    await the_hub().sweep()
    assert (await amina.until("left"))["who"] == evening.who("bo")


async def test_a_short_loss_of_line_is_told_to_nobody(evening: Evening) -> None:
    amina = await evening.line("amina")
    bo = await evening.inside("bo", amina)
    await amina.is_quiet(0.1)
    await bo.hang_up()
    back = await evening.line("bo")
    assert back.frames[0]["room"]["you"]["standing"] == "inside"
    assert await amina.is_quiet()


async def test_who_comes_back_gets_exactly_what_was_missed(evening: Evening) -> None:
    amina = await evening.line("amina")
    bo = await evening.inside("bo", amina)
    first = await bo.ask("say", text="one")
    await bo.hang_up()
    for text in ("two", "three"):
        await amina.ask("say", text=text)
    await amina.ask("back_channel", text="not for Bo")
    back = await evening.line("bo", since=first["seq"])
    missed = back.frames[0]
    assert missed["type"] == "missed"
    assert [event["text"] for event in missed["events"]] == ["two", "three"]
    await amina.ask("say", text="four")
    four = await back.until("said")
    assert four["text"] == "four"
    assert four["after"] <= missed["seq"]


async def test_who_missed_too_much_gets_the_whole_picture(evening: Evening) -> None:
    amina = await evening.line("amina")
    await amina.ask("say", text="hello")
    for since in (-1, 999):
        assert (await evening.line("amina", since=since)).frames[0]["type"] == "room"


async def test_signing_out_closes_the_lines_of_that_sign_in_within_two_seconds(
    evening: Evening,
) -> None:
    amina = await evening.line("amina")
    bo = await evening.inside("bo", amina)
    await sync_to_async(evening.browsers["bo"].logout)()
    assert await bo.closes(within=2) == 4401
    assert (await amina.ask("say", text="undisturbed"))["type"] == "ack"


async def test_another_passphrase_closes_every_line_within_two_seconds(evening: Evening) -> None:
    amina = await evening.line("amina")
    bo, tablet = await evening.inside("bo", amina), await evening.line("bo")
    person = await sync_to_async(evening.person)("bo")
    await sync_to_async(person.set_password)("a lamp by another window")
    await person.asave()
    assert [await bo.closes(within=2), await tablet.closes(within=2)] == [4401, 4401]
    assert (await amina.ask("say", text="undisturbed"))["type"] == "ack"


async def test_losing_the_membership_closes_every_line_within_two_seconds(
    evening: Evening,
) -> None:
    amina = await evening.line("amina")
    bo = await evening.inside("bo", amina)
    evening.members["bo"].state = "removed"
    await evening.members["bo"].asave()
    assert await bo.closes(within=2) == 4403
    assert (await amina.until("left"))["who"] == evening.who("bo")


async def test_a_deactivated_account_hears_nothing_more(evening: Evening) -> None:
    amina = await evening.line("amina")
    bo = await evening.inside("bo", amina)
    person = await sync_to_async(evening.person)("bo")
    person.deactivated_at = timezone.now()
    await person.asave()
    await bo.send({"type": "say", "id": "a", "text": "hi"})
    assert await bo.closes(within=2) == 4403
    await amina.until("left")
    assert "hi" not in amina.words


async def test_a_lost_role_takes_its_powers_at_once(evening: Evening) -> None:
    amina = await evening.line("amina")
    edith = await evening.line("edith")
    evening.members["edith"].role = "member"
    await evening.members["edith"].asave()
    assert (await edith.ask("lock", on=True))["code"] in {"staff_only", "waiting"}
    assert (await amina.ask("lock", on=True))["type"] == "ack"


async def test_who_no_longer_covers_a_session_follows_within_two_seconds(evening: Evening) -> None:
    """She covers another session of the group next week, and so keeps her membership."""
    amina = await evening.line("amina")
    steady = evening.members["dara"]
    steady.state = Membership.State.COVERING
    await steady.asave()
    await sync_to_async(_cover)(evening.occurrence, steady)
    next_week = timezone.now() + timedelta(days=7)
    later = await sync_to_async(make.occurrence)(evening.group, starts_at=next_week)
    await sync_to_async(_cover)(later, steady)
    covering = await evening.line("dara")
    assert (await covering.ask("back_channel", text="I lead"))["type"] == "ack"
    await sync_to_async(_cover)(evening.occurrence, None)
    assert await covering.closes(within=2) == 4403
    assert (await amina.until("left"))["who"] == evening.who("dara")


async def test_a_member_who_covers_hears_as_a_facilitator_for_as_long_as_she_does(
    evening: Evening,
) -> None:
    """Appointed and released while she is inside and silent, in every one of her windows."""
    amina = await evening.line("amina")
    windows = [await evening.inside("dara", amina), await evening.line("dara")]
    for substitute, role in ((evening.members["dara"], "co_facilitator"), (None, "member")):
        await sync_to_async(_cover)(evening.occurrence, substitute)
        async with asyncio.timeout(2):
            for window in windows:
                while (await window.until("room"))["room"]["you"]["role"] != role:
                    pass
    for window in windows:
        await window.is_quiet(0.1)
        window.frames.clear()
    await amina.ask("back_channel", text="only for us")
    assert await windows[0].is_quiet()
    assert [await window.ask("lock", on=True) for window in windows[1:]] == [
        {"type": "refused", "id": windows[1].frames[-1]["id"], "code": "staff_only"}
    ]
    assert not windows[0].words + windows[1].words


async def test_taken_away_words_are_gone_from_the_log(evening: Evening) -> None:
    amina = await evening.line("amina")
    bo = await evening.inside("bo", amina)
    said = await bo.ask("say", text="0700 123456")
    await bo.ask("edit", line=said["seq"], text="0700 654321")
    await amina.ask("redact", line=said["seq"])
    logged = [row.data async for row in RoomEvent.objects.filter(room=evening.room)]
    assert "0700" not in str(logged)


async def test_everyone_hears_everything_in_one_order(evening: Evening) -> None:
    amina = await evening.line("amina")
    bo = await evening.inside("bo", amina)
    dara = await evening.inside("dara", amina)
    lines = (amina, bo, dara)
    await asyncio.gather(
        *(line.ask("say", text=f"{i}-{n}") for i, line in enumerate(lines) for n in range(1))
    )
    for _ in range(5):
        await asyncio.gather(*(line.ask("react", reaction="heart") for line in lines))
    for line in lines:
        await line.is_quiet(0.2)
    heard = [[e["seq"] for e in line.events if e["kind"] in {"said", "reacted"}] for line in lines]
    assert heard[0] == heard[1] == heard[2]
    assert heard[0] == list(range(heard[0][0], heard[0][0] + 18))


async def test_a_burst_of_five_hundred_lines_that_no_bell_told_arrives_whole(
    evening: Evening,
) -> None:
    amina = await evening.line("amina")
    wishes = [Wish(c.Say(by=evening.who("amina"), text=str(n))) for n in range(500)]
    await sync_to_async(rooms.fulfil)(room_id=evening.room.pk, wishes=wishes, now=timezone.now())
    while len(amina.words) < 500:
        await amina.next()
    assert amina.words == [str(n) for n in range(500)]


async def test_what_happened_at_once_reaches_each_circle_without_a_gap(evening: Evening) -> None:
    amina = await evening.line("amina")
    bo = await evening.inside("bo", amina)
    by = evening.who("amina")
    wishes = [
        Wish(c.Say(by=by, text="one")),
        Wish(c.BackChannel(by=by, text="for us")),
        Wish(c.Say(by=by, text="two")),
        Wish(c.Lock(by=by, on=True)),
    ]
    await sync_to_async(rooms.fulfil)(room_id=evening.room.pk, wishes=wishes, now=timezone.now())
    for line, words in ((amina, ["one", "for us", "two"]), (bo, ["one", "two"])):
        await line.until("locked")
        assert line.words == words
        told = line.events[-len(words) - 1 :]
        assert [event["after"] for event in told[1:]] == [event["seq"] for event in told[:-1]]


async def test_who_hears_of_fifty_that_come_in_gets_one_write(evening: Evening) -> None:
    room = LiveRoom(evening.room.pk, ring_bell=lambda *_: None, tell_calls=lambda *_: None)
    writes: list[bytes] = []

    def write(some: bytes) -> bool:
        writes.append(some)
        return True

    async def send(message: object) -> None:
        raise AssertionError(message)

    hears = Socket(send, room_id=1, lease_id=1, sign_in=SignIn("k", "0", "h"), write=write)
    hears.circles, hears.is_held, room.last = HEARD_INSIDE, False, 0
    room.sockets[hears] = None
    now, numbers = timezone.now(), range(1, 51)
    room.deliver(
        Event(seq=n, at=now, kind="joined", circle=Circle.ROOM, data={"who": str(n), "count": n})
        for n in numbers
    )
    (bundle,) = writes
    assert [bundle.count(f'"seq":{n},'.encode()) for n in numbers] == [1] * 50


async def test_when_everyone_is_cut_off_at_once_no_ghost_stays(evening: Evening) -> None:
    amina = await evening.line("amina")
    lines = [amina] + [await evening.inside(name, amina) for name in ("bo", "dara")]
    await asyncio.gather(*(line.hang_up() for line in lines))
    await Lease.objects.aupdate(expires_at=F("expires_at") - timedelta(seconds=9))
    await the_hub().sweep()
    room = await Room.objects.aget()
    assert not list(room.read().inside())
    assert not await Lease.objects.aexists()
    assert room.read().alone_since is not None


def _cover(occurrence: Occurrence, substitute: Membership | None) -> None:
    Occurrence.objects.filter(pk=occurrence.pk).update(substitute=substitute)


async def _run_out(evening: Evening) -> None:
    """Let the grace of closed lines pass."""
    leases = Lease.objects.filter(membership=evening.members["bo"])
    await leases.aupdate(expires_at=F("expires_at") - timedelta(seconds=9))
