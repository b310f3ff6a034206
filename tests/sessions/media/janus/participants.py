"""People in a call through Janus: a real line to the room, and a real browser's media."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from tests.support import server_process
from tests.support.sdp_samples import call, joins

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Browser, Page, Route

    from tests.support.ws_client import RoomClient

HERE = Path(__file__).parent
ENGINE = (HERE / "engine.js").read_text("utf-8")
MODULE = (HERE / "visitor.js").read_text("utf-8")
PATIENCE = 60.0  # seconds; a bound for a busy machine
FLOWING = 400  # bytes in 0.3 s that are surely media
_ids = count()
STILL = 60  # bytes in 0.4 s that are surely none


async def until(is_so: Callable[[], Awaitable[bool]], *, within: float = PATIENCE) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(within):
        while True:
            if await is_so():
                return
            await asyncio.sleep(0.05)


@dataclass
class Caller:
    """One person's window: her line, her page, and whose each stream is that she receives."""

    client: RoomClient
    page: Page
    name: str = ""
    streams: list[dict[str, Any]] = field(default_factory=list)
    news: list[dict[str, Any]] = field(default_factory=list)
    _heard: int = 0
    _listening: asyncio.Task[None] | None = None

    async def join(self) -> None:
        self.name = await joins(self.client)
        self._listening = asyncio.create_task(self._listen())

    async def leave(self) -> None:
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            self._listening = None
            await self.page.close()

    async def publish(self) -> None:
        """Offer a voice and a picture, and wait until Janus takes them."""
        offer = await self.page.evaluate("offer()")
        await call(self.client, "description", description={"type": "offer", "sdp": offer})
        await self.wait_for_media("description")

    async def switch(self, verb: str, *, on: bool) -> None:
        """Turn the microphone or the camera on or off, if the room allows it."""
        await self.say(verb, on=on)

    async def say(self, verb: str, **fields: Any) -> None:
        """Do something in the room."""
        await self.client.send({"type": verb, "id": f"v{next(_ids)}", **fields})

    async def is_refused(self, verb: str, *, within: float = PATIENCE, **fields: Any) -> str:
        """Do something in the room that it does not allow; return the code of the refusal."""
        asked = f"v{next(_ids)}"
        await self.client.send({"type": verb, "id": asked, **fields})
        async with asyncio.timeout(within):
            while True:
                for frame in self.client.frames:
                    if frame.get("id") == asked:
                        assert frame["type"] == "refused", frame
                        return str(frame["code"])
                await asyncio.sleep(0.02)

    async def call(self, kind: str, **fields: Any) -> None:
        """Send a frame about media."""
        await call(self.client, kind, **fields)

    async def hears(self, kind: str, *, within: float = PATIENCE) -> dict[str, Any]:
        """Wait for an event of the room that was not waited for before."""
        async with asyncio.timeout(within):
            while True:
                for event in self.client.events[self._heard :]:
                    self._heard += 1
                    if event["kind"] == kind:
                        return event
                await asyncio.sleep(0.02)

    async def join_again(self) -> None:
        """Begin anew, as a page does when the room says that something else carries it."""
        await self.page.evaluate("endAll()")
        self.streams = []
        await self.call("hello")
        await self.wait_for_media("welcome")

    async def flow(self, who: str, kind: str, *, seconds: float = 0.4) -> int:
        """Return the bytes that come from a person within a while."""
        before = await self._bytes(who, kind)
        await asyncio.sleep(seconds)
        return await self._bytes(who, kind) - before

    async def flows(self, who: str, kind: str, *, within: float = PATIENCE) -> None:
        """Wait until a person is heard or seen."""
        async with asyncio.timeout(within):
            while await self.flow(who, kind, seconds=0.3) < FLOWING:
                pass

    async def stops(self, who: str, kind: str, *, within: float = PATIENCE) -> None:
        """Wait until nothing of a person comes any more."""
        async with asyncio.timeout(within):
            while await self.flow(who, kind) > STILL:
                pass

    async def wait_for_media(
        self, kind: str, *, within: float = PATIENCE, **about: Any
    ) -> dict[str, Any]:
        """Wait for a frame about media, and take it out of the news."""
        async with asyncio.timeout(within):
            while True:
                for news in self.news:
                    if news["kind"] == kind and about.items() <= news.items():
                        self.news.remove(news)
                        return news
                await asyncio.sleep(0.02)

    async def _bytes(self, who: str, kind: str) -> int:
        seen = await self.page.evaluate("received()")
        mids = [s["mid"] for s in self.streams if (s["who"], s["media"]) == (who, kind)]
        return sum(seen.get(mid, 0) for mid in mids)

    async def _listen(self) -> None:
        while True:
            frame = await self.client.until("media", patience=60)
            self.news.append(frame)
            if frame["kind"] != "description":
                continue
            described = frame["description"]
            if described["type"] == "answer":
                await self.page.evaluate("sdp => accept(sdp)", described["sdp"])
                continue
            self.streams = frame["streams"]
            answer = await self.page.evaluate("sdp => receive(sdp)", described["sdp"])
            await call(self.client, "description", description={"type": "answer", "sdp": answer})


@dataclass
class Visitor(Caller):
    """A window with the page's own module for calls through the server, and what it told."""

    states: list[dict[str, Any]] = field(default_factory=list)

    async def join(self) -> None:
        await self.page.expose_function("tell", self._send_state)
        await self.page.expose_function("note", self._note)
        self.name = await joins(self.client)
        await self.page.evaluate(MODULE)
        self._listening = asyncio.create_task(self._listen())

    async def publish(self) -> None:
        await self.page.evaluate("publish()")

    async def sees(self, who: str) -> None:
        """Wait until a person's pictures are not only received, but understood."""
        before = await self.frames(who)

        async def are_more() -> bool:
            return await self.frames(who) >= before + 5

        await until(are_more)

    async def frames(self, who: str) -> int:
        return int(await self.page.evaluate("who => decoded(who)", who))

    async def is_sealed(self, *, on: bool = True) -> str:
        """Wait until the page was told how it is; return the digits to compare."""

        async def has_state() -> bool:
            return bool(self.states) and self.states[-1]["sealed"] is on

        await until(has_state)
        return str(self.states[-1]["digits"])

    def _note(self, state: dict[str, Any]) -> None:
        self.states.append(state)

    async def _send_state(self, message: dict[str, Any]) -> None:
        await self.client.send_raw(
            text=json.dumps({"type": "media", **message}, separators=(",", ":"))
        )

    async def _bytes(self, who: str, kind: str) -> int:
        return int(await self.page.evaluate("([who, kind]) => bytes(who, kind)", [who, kind]))

    async def _listen(self) -> None:
        while True:
            frame = await self.client.until("media", patience=60)
            self.news.append(frame)
            await self.page.evaluate("frame => hear(frame)", frame)


async def _static(route: Route) -> None:
    path = server_process.ROOT / urlsplit(route.request.url).path.lstrip("/")
    await route.fulfill(path=path, content_type="text/javascript")


Kind = TypeVar("Kind", bound=Caller)


async def caller(browser: Browser, client: RoomClient, kind: type[Kind]) -> Kind:
    """Open a window that is in the call."""
    page = await browser.new_page()
    # Browsers give devices to secure pages alone, and take any page of this machine for one.
    await page.route("**", lambda route: route.fulfill(body="", content_type="text/html"))
    await page.route("**/static/**", _static)
    await page.goto("http://127.0.0.1:9/")
    await page.add_script_tag(content=ENGINE)
    made = kind(client, page)
    await made.join()
    return made
