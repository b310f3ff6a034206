"""End to end through a server: it carries what it cannot open, and the page never claims more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sessions.live.hub import _hubs
from sessions.room.media import Rights
from tests.sessions.media.janus.participants import Caller, Visitor, until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.media_servers import Program
    from tests.support.ws_client import LiveSession

    Come = Callable[..., Awaitable[Visitor]]

pytestmark = pytest.mark.browser


async def on(visitor: Caller) -> None:
    """Send a voice and a picture, once Janus lets them through.

    Janus knows the size of a picture by the first packets of it alone, and forgets what it stopped.
    """
    for verb in ("microphone", "camera"):
        await visitor.switch(verb, on=True)

    async def is_let_through() -> bool:
        (hub,) = _hubs.values()
        seats = [seats.get(visitor.name) for seats in hub.calls._rooms.values()]
        return any(seat and seat.rights == Rights(audio=True, video=True) for seat in seats)

    await until(is_let_through)
    await visitor.publish()


async def test_members_understand_each_other_and_who_has_no_key_understands_nothing(
    janus: Program, live_session: LiveSession, come: Come
) -> None:
    hers = await live_session.connect("amina")
    his, theirs = await live_session.join("bo", hers), await live_session.connect("edith")
    amina, bo = await come(hers, Visitor), await come(his, Visitor)
    await on(amina)
    await on(bo)
    await amina.sees(live_session.who("bo"))
    await bo.sees(live_session.who("amina"))
    assert await amina.is_sealed() == await bo.is_sealed()
    assert re.fullmatch(r"(\d{5} ?){6}", await amina.is_sealed())
    # Edith's window receives all that the server has, and takes no part in the exchange of keys.
    edith = await come(theirs, Caller)
    await edith.flows(live_session.who("bo"), "video")

    async def have_come() -> bool:
        return bool((await edith.page.evaluate("pictures()"))["received"] >= 40)

    await until(have_come)
    seen = await edith.page.evaluate("pictures()")
    # A decoder takes some noise for pictures, up to one in five; of plain pictures it takes all. That
    # nothing opens without the key is tested in tests/browser/test_sealed_frames.py.
    assert seen["understood"] <= seen["received"] / 2
    await amina.sees(live_session.who("bo"))


async def test_a_newcomer_understands_and_a_leaver_changes_the_keys(
    janus: Program, live_session: LiveSession, come: Come
) -> None:
    hers = await live_session.connect("amina")
    his, theirs = await live_session.join("bo", hers), await live_session.connect("edith")
    amina, bo = await come(hers, Visitor), await come(his, Visitor)
    await on(amina)
    await bo.sees(live_session.who("amina"))
    before = await bo.is_sealed()
    edith = await come(theirs, Visitor)
    await edith.sees(live_session.who("amina"))
    with_edith = await edith.is_sealed()
    assert before != with_edith
    await edith.leave()
    await edith.client.disconnect()
    await amina.wait_for_media("gone")
    await amina.wait_for_media("key")
    await bo.sees(live_session.who("amina"))
    assert await bo.is_sealed() == before


async def test_one_browser_that_cannot_seal_is_said_to_everyone(
    janus: Program, live_session: LiveSession, come: Come
) -> None:
    hers = await live_session.connect("amina")
    his = await live_session.join("bo", hers)
    amina, bo = await come(hers, Visitor), await come(his, Unable)
    await on(amina)
    await bo.sees(live_session.who("amina"))
    assert await amina.is_sealed(on=False) == "None"
    assert await bo.is_sealed(on=False) == "None"


class Unable(Visitor):
    """A browser of some years ago."""

    async def join(self) -> None:
        await self.page.evaluate("delete globalThis.RTCRtpScriptTransform")
        await super().join()
