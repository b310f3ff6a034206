"""This process's WebSocket to Janus: requests, events, reconnection.

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

ANSWER_SECONDS: Final = 5.0
CONNECT_SECONDS: Final = 5.0
KEEP_ALIVE_SECONDS: Final = 20.0  # Janus drops a session after 60
FIRST_RETRY_SECONDS: Final = 0.2
MAX_RETRY_SECONDS: Final = 4.0
MAX_MESSAGE_BYTES: Final = 1024 * 1024

log = logging.getLogger(__name__)

Message = dict[str, Any]


class JanusDown(Exception):
    """Janus cannot be reached or did not answer in time."""

    code = "media_down"


class JanusRefused(Exception):
    """Janus answered with an error. ``number`` is its error code, such as 427: the room exists."""

    code = "media_refused"

    def __init__(self, number: int, reason: str) -> None:
        self.number = number
        super().__init__(f"{number}: {reason}")


class JanusConnection:
    """The connection of one event loop. ``is_up`` is None until the first try has ended."""

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
        self._socket: ClientConnection | None = None
        self._pending: dict[str, tuple[asyncio.Future[Message], bool]] = {}
        self._listeners: dict[int, Callable[[Message], None]] = {}
        self._up: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Connect, and reconnect after random waits with full jitter, until cancelled."""
        tries = 0
        while True:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    socket = await connect(
                        self._url,
                        subprotocols=[Subprotocol("janus-protocol")],
                        max_size=MAX_MESSAGE_BYTES,
                        compression=None,
                        proxy=None,
                        ping_interval=5,
                        ping_timeout=5,
                    )
                async with socket:
                    tries = await self._serve(socket, tries)
            except (OSError, TimeoutError, WebSocketException, JanusDown, JanusRefused) as error:
                log.warning("no Janus: %s", type(error).__name__)
            self.is_up = False
            longest = min(MAX_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2**tries)
            await asyncio.sleep(secrets.SystemRandom().uniform(0, longest))
            tries = min(tries + 1, 10)

    async def wait_until_up(self, seconds: float) -> None:
        """Wait until the connection is up.

        Raises:
            JanusDown: it is not up after so many seconds.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._came_up.wait()
        except TimeoutError:
            raise JanusDown from None

    async def request(self, message: Message, *, is_done_by_ack: bool = False) -> Message:
        """Return Janus's final answer to a request of this session.

        Raises:
            JanusDown: the connection is down or breaks, or there is no answer for five seconds.
            JanusRefused: Janus answered with an error.
        """
        socket, transaction = self._socket, secrets.token_urlsafe(9)
        if socket is None:
            raise JanusDown
        whole = {**message, "transaction": transaction, "apisecret": self._secret}
        if self.session is not None:
            whole["session_id"] = self.session
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._pending[transaction] = (answer, is_done_by_ack)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await socket.send(json.dumps(whole))
                return _checked(await answer)
        except (OSError, TimeoutError, WebSocketException) as error:
            raise JanusDown from error
        finally:
            self._pending.pop(transaction, None)

    def listen(self, handle: int, on_event: Callable[[Message], None]) -> None:
        """Call ``on_event`` with Janus's events about a handle."""
        self._listeners[handle] = on_event

    def forget(self, handle: int) -> None:
        """Stop listening to a handle."""
        self._listeners.pop(handle, None)

    async def _serve(self, socket: ClientConnection, tries: int) -> int:
        """Use a new connection until it breaks; return the number of tries since one succeeded."""
        self._socket, self.session = socket, None
        keeping: asyncio.Task[None] | None = None
        reading = asyncio.create_task(self._read(socket))
        try:
            self.session = (await self.request({"janus": "create"}))["data"]["id"]
            self.is_up, tries = True, 0
            self._came_up.set()
            keeping = asyncio.create_task(self._keep_alive(socket))
            await reading
        finally:
            for task in (reading, keeping):
                if task is not None:
                    task.cancel()
                    with suppress(asyncio.CancelledError, OSError, WebSocketException):
                        await task
            self._break()
        return tries

    async def _read(self, socket: ClientConnection) -> None:
        async for text in socket:
            message: Message = json.loads(text)
            answer, is_done_by_ack = self._pending.get(
                message.get("transaction", ""), (None, False)
            )
            if answer is not None and message["janus"] == "ack" and not is_done_by_ack:
                continue  # the answer follows
            if answer is not None and not answer.done():
                answer.set_result(message)
            elif on_event := self._listeners.get(message.get("sender", 0)):
                on_event(message)
            elif message.get("janus") == "timeout":
                return

    async def _keep_alive(self, socket: ClientConnection) -> None:
        try:
            while True:
                await asyncio.sleep(KEEP_ALIVE_SECONDS)
                await self.request({"janus": "keepalive"}, is_done_by_ack=True)
        except (JanusDown, JanusRefused):
            await socket.close()

    def _break(self) -> None:
        was_up, self.is_up = self.is_up, False
        self._came_up.clear()
        self._socket, self.session = None, None
        self._listeners.clear()
        for answer, _ in self._pending.values():
            if not answer.done():
                answer.set_exception(OSError("the connection broke"))
        if was_up:
            self._on_down()


def _checked(answer: Message) -> Message:
    """Return an answer; raise an error of Janus's core or of the plugin."""
    if answer["janus"] == "error":
        raise JanusRefused(answer["error"]["code"], answer["error"]["reason"])
    data = answer.get("plugindata", {}).get("data", {})
    if "error_code" in data:
        raise JanusRefused(data["error_code"], data.get("error", ""))
    return answer
