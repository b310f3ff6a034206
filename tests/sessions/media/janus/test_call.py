"""Voices and pictures through a real Janus: who is let through, whatever their browser does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sessions.media.janus.participants import STILL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.sessions.media.janus.participants import Caller
    from tests.support.media_servers import Program
    from tests.support.ws_client import LiveSession, RoomClient

    Come = Callable[[RoomClient], Awaitable[Caller]]

pytestmark = pytest.mark.browser


async def two(live_session: LiveSession, come: Come) -> tuple[Caller, Caller]:
    """Return Amina and Bo, both in the call."""
    hers = await live_session.connect("amina")
    his = await live_session.join("bo", hers)
    return await come(hers), await come(his)


async def test_what_is_off_is_stopped_at_the_server_and_flows_once_it_is_on(
    janus: Program, live_session: LiveSession, come: Come
) -> None:
    amina, bo = await two(live_session, come)
    await amina.publish()
    await bo.publish()
    her, his = live_session.who("amina"), live_session.who("bo")
    await amina.switch("microphone", on=True)
    await bo.flows(her, "audio")
    assert await bo.flow(her, "video") <= STILL  # her camera is off, though her browser sends it
    assert await amina.flow(his, "audio") <= STILL
    await bo.switch("camera", on=True)
    await amina.flows(his, "video")
    await amina.switch("microphone", on=False)
    await bo.stops(her, "audio")


async def test_a_strict_turn_is_kept_at_the_server_and_so_are_mute_and_pause(
    janus: Program, live_session: LiveSession, come: Come
) -> None:
    amina, bo = await two(live_session, come)
    await bo.publish()
    his = live_session.who("bo")
    await bo.switch("microphone", on=True)
    await amina.flows(his, "audio")
    await amina.say("set_turns", strict=True)
    await amina.stops(his, "audio")
    await amina.say("invite_to_speak", who=his)
    await bo.switch("microphone", on=True)
    await amina.flows(his, "audio")
    await amina.say("mute", who=his)
    await amina.stops(his, "audio")
    assert await bo.is_refused("microphone", on=True) == "muted"
    assert await amina.flow(his, "audio") <= STILL
    await amina.say("allow_voice", who=his)
    await bo.switch("microphone", on=True)
    await amina.flows(his, "audio")
    await amina.say("pause")
    await amina.stops(his, "audio")


async def test_who_was_removed_is_gone_within_two_seconds(
    janus: Program, live_session: LiveSession, come: Come
) -> None:
    amina, bo = await two(live_session, come)
    await bo.publish()
    his = live_session.who("bo")
    await bo.switch("microphone", on=True)
    await amina.flows(his, "audio")
    await amina.say("remove", who=his, reason="It did not work today.")
    await amina.stops(his, "audio", within=2)
    await amina.wait_for_media("gone", within=1)


async def test_a_muted_person_comes_back_muted(
    janus: Program, live_session: LiveSession, come: Come
) -> None:
    amina, bo = await two(live_session, come)
    await bo.publish()
    his = live_session.who("bo")
    await bo.switch("microphone", on=True)
    await amina.flows(his, "audio")
    await amina.say("mute", who=his)
    await bo.leave()
    await bo.client.disconnect()
    again = await come(await live_session.connect("bo"))
    await again.publish()
    await again.switch("microphone", on=True)
    await again.switch("camera", on=True)
    await amina.flows(his, "video")
    assert await amina.flow(his, "audio") <= STILL


async def test_the_newest_window_of_a_person_has_the_call(
    janus: Program, live_session: LiveSession, come: Come
) -> None:
    amina, bo = await two(live_session, come)
    newer = await come(await live_session.connect("bo"))
    await bo.wait_for_media("elsewhere")
    await newer.publish()
    await newer.switch("microphone", on=True)
    await amina.flows(live_session.who("bo"), "audio")


async def test_a_killed_server_is_told_and_comes_back_by_itself(
    janus: Program, live_session: LiveSession, come: Come
) -> None:
    amina, bo = await two(live_session, come)
    await bo.publish()
    his = live_session.who("bo")
    await bo.switch("microphone", on=True)
    await amina.flows(his, "audio")
    janus.kill()
    assert (await amina.hears("media"))["media"]["is_down"]
    await amina.say("say", text="We go on in writing.")
    assert (await bo.hears("said"))["text"] == "We go on in writing."
    janus.start()
    back = (await amina.hears("media", within=15))["media"]
    assert (back["is_down"], back["backend"]) == (False, "janus")
    for one in (amina, bo):
        await one.join_again()
    await bo.publish()
    await bo.switch("microphone", on=True)
    await amina.flows(his, "audio")


async def test_a_restart_too_quick_to_be_seen_is_told_too(
    janus: Program, live_session: LiveSession, come: Come
) -> None:
    amina, _ = await two(live_session, come)
    janus.restart()
    assert (await amina.hears("media"))["media"]["is_down"]
    assert not (await amina.hears("media", within=15))["media"]["is_down"]


async def test_less_data_means_no_pictures_from_the_server(
    janus: Program, live_session: LiveSession, come: Come
) -> None:
    amina, bo = await two(live_session, come)
    await bo.publish()
    his = live_session.who("bo")
    for verb in ("microphone", "camera"):
        await bo.switch(verb, on=True)
    await amina.flows(his, "video")
    await amina.call("take", video=False, size=0)
    await amina.stops(his, "video")
    await amina.flows(his, "audio")
    await amina.call("take", video=True, size=2)
    await amina.flows(his, "video")
