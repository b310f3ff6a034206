"""One WebSocket to Janus for this process: asks, hears, and comes back when it breaks.

Janus's own protocol: https://janus.conf.meetecho.com/docs/rest.html (as JSON over WebSockets).
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.asyncio.client import ClientConnection

ANSWER_WITHIN: Final = 5.0  # seconds
CONNECT_WITHIN: Final = 5.0
KEEP_ALIVE_EVERY: Final = 20.0  # Janus forgets a session after 60
FIRST_WAIT: Final = 0.2
LONGEST_WAIT: Final = 4.0
MESSAGE_BYTES: Final = 1024 * 1024

log = logging.getLogger(__name__)

Message = dict[str, Any]


class JanusDown(Exception):
    """Janus cannot be reached, or did not answer in time."""

    code = "media_down"


class JanusRefused(Exception):
    """Janus answered with an error. ``number`` is its own code, such as 427: the room exists."""

    code = "media_refused"

    def __init__(self, number: int, reason: str) -> None:
        self.number = number
        super().__init__(f"{number}: {reason}")


class Wire:
    """The line of one event loop. ``is_up`` is None until the first try has shown how it is."""

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        on_down: Callable[[], None],
    ) -> None:
        self.is_up: bool | None = None
        self.session: int | None = None
        self._came_up = asyncio.Event()
        self._url, self._secret = url, secret
        self._on_down = on_down
        self._line: ClientConnection | None = None
        self._asked: dict[str, tuple[asyncio.Future[Message], bool]] = {}
        self._listeners: dict[int, Callable[[Message], None]] = {}
        self._up: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Keep the line up until cancelled: full jitter, so that many processes do not storm."""
        tries = 0
        while True:
            try:
                async with asyncio.timeout(CONNECT_WITHIN):
                    line = await connect(
                        self._url,
                        subprotocols=[Subprotocol("janus-protocol")],
                        max_size=MESSAGE_BYTES,
                        compression=None,
                        proxy=None,
                        ping_interval=5,
                        ping_timeout=5,
                    )
                async with line:
                    tries = await self._serve(line, tries)
            except (OSError, TimeoutError, WebSocketException, JanusDown, JanusRefused) as error:
                log.warning("no Janus: %s", type(error).__name__)
            self.is_up = False
            longest = min(LONGEST_WAIT, FIRST_WAIT * 2**tries)
            await asyncio.sleep(secrets.SystemRandom().uniform(0, longest))
            tries = min(tries + 1, 10)

    async def wait_until_up(self, seconds: float) -> None:
        """Wait a little for a line that is just being made.

        Raises:
            JanusDown: it still is not there.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._came_up.wait()
        except TimeoutError:
            raise JanusDown from None

    async def ask(self, message: Message, *, is_done_by_ack: bool = False) -> Message:
        """Return Janus's final answer to a request of this session.

        Raises:
            JanusDown: the line is down, breaks, or stays silent for five seconds.
            JanusRefused: Janus answered with an error.
        """
        line, transaction = self._line, secrets.token_urlsafe(9)
        if line is None:
            raise JanusDown
        whole = {**message, "transaction": transaction, "apisecret": self._secret}
        if self.session is not None:
            whole["session_id"] = self.session
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._asked[transaction] = (answer, is_done_by_ack)
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await line.send(json.dumps(whole))
                return _granted(await answer)
        except (OSError, TimeoutError, WebSocketException) as error:
            raise JanusDown from error
        finally:
            self._asked.pop(transaction, None)

    def listen(self, handle: int, hear: Callable[[Message], None]) -> None:
        """Let ``hear`` have what Janus says about a handle by itself."""
        self._listeners[handle] = hear

    def forget(self, handle: int) -> None:
        """Hear no more about a handle."""
        self._listeners.pop(handle, None)

    async def _serve(self, line: ClientConnection, tries: int) -> int:
        """Use a fresh connection until it breaks; return how many tries failed since one worked."""
        self._line, self.session = line, None
        keeping: asyncio.Task[None] | None = None
        reading = asyncio.create_task(self._read(line))
        try:
            self.session = (await self.ask({"janus": "create"}))["data"]["id"]
            self.is_up, tries = True, 0
            self._came_up.set()
            keeping = asyncio.create_task(self._keep_alive(line))
            await reading
        finally:
            for task in (reading, keeping):
                if task is not None:
                    task.cancel()
                    with suppress(asyncio.CancelledError, OSError, WebSocketException):
                        await task
            self._break()
        return tries

    async def _read(self, line: ClientConnection) -> None:
        async for text in line:
            said: Message = json.loads(text)
            answer, is_done_by_ack = self._asked.get(said.get("transaction", ""), (None, False))
            if answer is not None and said["janus"] == "ack" and not is_done_by_ack:
                continue  # its answer follows
            if answer is not None and not answer.done():
                answer.set_result(said)
            elif hear := self._listeners.get(said.get("sender", 0)):
                hear(said)
            elif said.get("janus") == "timeout":
                return

    async def _keep_alive(self, line: ClientConnection) -> None:
        try:
            while True:
                await asyncio.sleep(KEEP_ALIVE_EVERY)
                await self.ask({"janus": "keepalive"}, is_done_by_ack=True)
        except (JanusDown, JanusRefused):
            await line.close()

    def _break(self) -> None:
        was_up, self.is_up = self.is_up, False
        self._came_up.clear()
        self._line, self.session = None, None
        self._listeners.clear()
        for answer, _ in self._asked.values():
            if not answer.done():
                answer.set_exception(OSError("the line broke"))
        if was_up:
            self._on_down()


def _granted(said: Message) -> Message:
    """Return an answer; a refusal of the core or of the plugin is raised."""
    if said["janus"] == "error":
        raise JanusRefused(said["error"]["code"], said["error"]["reason"])
    data = said.get("plugindata", {}).get("data", {})
    if "error_code" in data:
        raise JanusRefused(data["error_code"], data.get("error", ""))
    return said
