"""People in a room: what reaches whom, in which order, and until when."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.db.models import F
from django.utils import timezone

from scheduler.models import Membership, Occurrence
from sessions.actions import rooms
from sessions.actions.rooms import CommandRequest
from sessions.live.hub import room_hub
from sessions.live.room_feed import RoomFeed
from sessions.live.subscriber import Subscriber
from sessions.live.transport import FrameConnection
from sessions.models import Lease, Room, RoomEvent, SignIn
from sessions.room import commands as c
from sessions.room.audiences import AUDIENCES_INSIDE, Audience
from sessions.room.events import Event
from sessions.room.payloads import Joined
from sessions.room.state import AdmissionStatus, Participant, Role
from tests import make
from tests.support.frames_extension import FramesExtension
from tests.support.ws_client import LiveSession, RoomClient


async def test_a_facilitator_and_a_participant_meet(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.connect("bo")
    assert bo.frames[0]["room"]["you"]["status"] == "waiting"
    assert (await amina.until("waiting"))["alias"] == "Bo"
    await amina.ask("admit", who=live_session.who("bo"))
    snapshot = await bo.until("room")
    assert [card["alias"] for card in snapshot["room"]["people"]] == ["Amina", "Bo"]
    await bo.ask("say", text="Good evening")
    assert (await amina.until("said"))["text"] == "Good evening"
    await bo.ask("raise_hand")
    assert (await amina.until("hand_raised"))["turns"]["hands"] == [live_session.who("bo")]


async def test_who_waits_hears_and_sees_nothing(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    dara = await live_session.connect("dara")
    assert "people" not in dara.frames[0]["room"]
    await bo.ask("say", text="a secret")
    await bo.ask("raise_hand")
    await amina.ask("back_channel", text="for us")
    assert await dara.is_quiet()
    await amina.ask("admit", who=live_session.who("dara"))
    snapshot = await dara.until("room")
    assert snapshot["messages"] == []
    assert dara.texts == []


async def test_a_removed_person_who_holds_the_line_open_hears_nothing_more(
    live_session: LiveSession,
) -> None:
    amina = await live_session.connect("amina")
    bo, tablet = await live_session.join("bo", amina), await live_session.connect("bo")
    await amina.ask("remove", who=live_session.who("bo"), reason="selling")
    await amina.ask("say", text="after")
    assert await bo.closes(within=2) == 4403
    assert await tablet.closes(within=2) == 4403
    assert "after" not in bo.texts + tablet.texts
    assert bo.events[-1]["kind"] == "removed"
    ticket = await sync_to_async(live_session.ticket)("bo")
    again = RoomClient()
    assert (await again.hello(ticket))["code"] == "removed"
    await bo.send({"type": "say", "id": "x", "text": "I am still here"})
    assert await amina.is_quiet()


async def test_private_lines_reach_facilitators_and_nobody_else(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    edith = await live_session.connect("edith")
    bo = await live_session.join("bo", amina)
    dara = await live_session.join("dara", amina)
    await bo.until("joined")
    await bo.ask("message_facilitators", text="I feel unsafe")
    await amina.ask("answer", who=live_session.who("bo"), text="I am with you")
    await amina.ask("back_channel", text="Bo needs us")
    await bo.ask("ask_for_help")
    assert await dara.is_quiet(0.2)
    await bo.is_quiet(0.1)
    await edith.is_quiet(0.1)
    assert bo.texts == ["I feel unsafe", "I am with you"]
    assert edith.texts == ["I feel unsafe", "I am with you", "Bo needs us"]


async def test_a_closed_laptop_disappears_after_the_grace(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    await bo.disconnect()
    assert await amina.is_quiet(0.3)
    await _run_out(live_session)
    await room_hub().reconcile()
    assert (await amina.until("left"))["who"] == live_session.who("bo")


async def test_a_short_loss_of_line_is_told_to_nobody(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    await amina.is_quiet(0.1)
    await bo.disconnect()
    back = await live_session.connect("bo")
    assert back.frames[0]["room"]["you"]["status"] == "inside"
    assert await amina.is_quiet()


async def test_who_comes_back_gets_exactly_what_was_missed(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    first = await bo.ask("say", text="one")
    await bo.disconnect()
    for text in ("two", "three"):
        await amina.ask("say", text=text)
    await amina.ask("back_channel", text="not for Bo")
    back = await live_session.connect("bo", since=first["seq"])
    missed = back.frames[0]
    assert missed["type"] == "missed"
    assert [event["text"] for event in missed["events"]] == ["two", "three"]
    await amina.ask("say", text="four")
    four = await back.until("said")
    assert four["text"] == "four"
    assert four["after"] <= missed["seq"]


async def test_who_missed_too_much_gets_the_whole_picture(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    await amina.ask("say", text="hello")
    for since in (-1, 999):
        assert (await live_session.connect("amina", since=since)).frames[0]["type"] == "room"


async def test_signing_out_closes_the_lines_of_that_sign_in_within_two_seconds(
    live_session: LiveSession,
) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    await sync_to_async(live_session.browsers["bo"].logout)()
    assert await bo.closes(within=2) == 4401
    assert (await amina.ask("say", text="undisturbed"))["type"] == "ack"


async def test_another_passphrase_closes_every_line_within_two_seconds(
    live_session: LiveSession,
) -> None:
    amina = await live_session.connect("amina")
    bo, tablet = await live_session.join("bo", amina), await live_session.connect("bo")
    person = await sync_to_async(live_session.person)("bo")
    await sync_to_async(person.set_password)("a lamp by another window")
    await person.asave()
    assert [await bo.closes(within=2), await tablet.closes(within=2)] == [4401, 4401]
    assert (await amina.ask("say", text="undisturbed"))["type"] == "ack"


async def test_losing_the_membership_closes_every_line_within_two_seconds(
    live_session: LiveSession,
) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    live_session.members["bo"].state = "removed"
    await live_session.members["bo"].asave()
    assert await bo.closes(within=2) == 4403
    assert (await amina.until("left"))["who"] == live_session.who("bo")


async def test_a_deactivated_account_hears_nothing_more(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    person = await sync_to_async(live_session.person)("bo")
    person.deactivated_at = timezone.now()
    await person.asave()
    await bo.send({"type": "say", "id": "a", "text": "hi"})
    assert await bo.closes(within=2) == 4403
    await amina.until("left")
    assert "hi" not in amina.texts


async def test_a_lost_role_takes_its_powers_at_once(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    edith = await live_session.connect("edith")
    live_session.members["edith"].role = "member"
    await live_session.members["edith"].asave()
    assert (await edith.ask("lock", on=True))["code"] in {"staff_only", "waiting"}
    assert (await amina.ask("lock", on=True))["type"] == "ack"


async def test_who_no_longer_covers_a_session_follows_within_two_seconds(
    live_session: LiveSession,
) -> None:
    """She covers another session of the group next week, and so keeps her membership."""
    amina = await live_session.connect("amina")
    steady = live_session.members["dara"]
    steady.state = Membership.State.COVERING
    await steady.asave()
    await sync_to_async(_cover)(live_session.occurrence, steady)
    next_week = timezone.now() + timedelta(days=7)
    later = await sync_to_async(make.occurrence)(live_session.group, starts_at=next_week)
    await sync_to_async(_cover)(later, steady)
    covering = await live_session.connect("dara")
    assert (await covering.ask("back_channel", text="I lead"))["type"] == "ack"
    await sync_to_async(_cover)(live_session.occurrence, None)
    assert await covering.closes(within=2) == 4403
    assert (await amina.until("left"))["who"] == live_session.who("dara")


async def test_a_member_who_covers_hears_as_a_facilitator_for_as_long_as_she_does(
    live_session: LiveSession,
) -> None:
    """Appointed and released while she is inside and silent, in every one of her windows."""
    amina = await live_session.connect("amina")
    windows = [await live_session.join("dara", amina), await live_session.connect("dara")]
    for substitute, role in ((live_session.members["dara"], "co_facilitator"), (None, "member")):
        await sync_to_async(_cover)(live_session.occurrence, substitute)
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
    assert not windows[0].texts + windows[1].texts


async def test_taken_away_words_are_gone_from_the_log(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    said = await bo.ask("say", text="0700 123456")
    await bo.ask("edit", message_seq=said["seq"], text="0700 654321")
    await amina.ask("redact", message_seq=said["seq"])
    logged = [row.data async for row in RoomEvent.objects.filter(room=live_session.room)]
    assert "0700" not in str(logged)


async def test_everyone_hears_everything_in_one_order(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    dara = await live_session.join("dara", amina)
    clients = (amina, bo, dara)
    await asyncio.gather(
        *(client.ask("say", text=f"{i}-{n}") for i, client in enumerate(clients) for n in range(1))
    )
    for _ in range(5):
        await asyncio.gather(*(client.ask("react", reaction="heart") for client in clients))
    for client in clients:
        await client.is_quiet(0.2)
    heard = [
        [e["seq"] for e in client.events if e["kind"] in {"said", "reacted"}] for client in clients
    ]
    assert heard[0] == heard[1] == heard[2]
    assert heard[0] == list(range(heard[0][0], heard[0][0] + 18))


async def test_a_burst_of_five_hundred_lines_that_no_bell_told_arrives_whole(
    live_session: LiveSession,
) -> None:
    amina = await live_session.connect("amina")
    requests = [
        CommandRequest(c.Say(by=live_session.who("amina"), text=str(n))) for n in range(500)
    ]
    await sync_to_async(rooms.execute)(
        room_id=live_session.room.pk, requests=requests, now=timezone.now()
    )
    while len(amina.texts) < 500:
        await amina.next()
    assert amina.texts == [str(n) for n in range(500)]


async def test_what_happened_at_once_reaches_each_circle_without_a_gap(
    live_session: LiveSession,
) -> None:
    amina = await live_session.connect("amina")
    bo = await live_session.join("bo", amina)
    by = live_session.who("amina")
    requests = [
        CommandRequest(c.Say(by=by, text="one")),
        CommandRequest(c.BackChannel(by=by, text="for us")),
        CommandRequest(c.Say(by=by, text="two")),
        CommandRequest(c.Lock(by=by, on=True)),
    ]
    await sync_to_async(rooms.execute)(
        room_id=live_session.room.pk, requests=requests, now=timezone.now()
    )
    for client, words in ((amina, ["one", "for us", "two"]), (bo, ["one", "two"])):
        await client.until("locked")
        assert client.texts == words
        told = client.events[-len(words) - 1 :]
        assert [event["after"] for event in told[1:]] == [event["seq"] for event in told[:-1]]


async def test_who_hears_of_fifty_that_come_in_gets_one_write(live_session: LiveSession) -> None:
    room = RoomFeed(live_session.room.pk, on_advanced=lambda *_: None, on_event=lambda *_: None)
    reading = asyncio.Event()
    reading.set()
    extension = FramesExtension(reading, lambda _: None)

    async def send(message: object) -> None:
        raise AssertionError(message)

    connection = FrameConnection(send, extension.functions())
    subscriber = Subscriber(connection, room_id=1, lease_id=1, sign_in=SignIn("k", "0", "h"))
    subscriber.audiences, subscriber.is_paused, room.last = AUDIENCES_INSIDE, False, 0
    room.subscribers[subscriber] = None
    now, numbers = timezone.now(), range(1, 51)
    person = Participant(
        alias="Bo", alias_key="bo", role=Role.MEMBER, status=AdmissionStatus.INSIDE
    )
    room.deliver(
        Event(seq=n, at=now, payload=Joined.of(str(n), person, count=n), audience=Audience.ROOM)
        for n in numbers
    )
    (bundle,) = extension.writes
    assert [bundle.count(f'"seq":{n},'.encode()) for n in numbers] == [1] * 50


async def test_when_everyone_is_cut_off_at_once_no_ghost_stays(live_session: LiveSession) -> None:
    amina = await live_session.connect("amina")
    clients = [amina] + [await live_session.join(name, amina) for name in ("bo", "dara")]
    await asyncio.gather(*(client.disconnect() for client in clients))
    await Lease.objects.aupdate(expires_at=F("expires_at") - timedelta(seconds=9))
    await room_hub().reconcile()
    room = await Room.objects.aget()
    assert not list(room.read_state().inside())
    assert not await Lease.objects.aexists()
    assert room.read_state().without_facilitator_since is not None


def _cover(occurrence: Occurrence, substitute: Membership | None) -> None:
    Occurrence.objects.filter(pk=occurrence.pk).update(substitute=substitute)


async def _run_out(live_session: LiveSession) -> None:
    """Let the grace of closed lines pass."""
    leases = Lease.objects.filter(membership=live_session.members["bo"])
    await leases.aupdate(expires_at=F("expires_at") - timedelta(seconds=9))
