"""Lets calls that arrive while one is running share the next run."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Gathering(Generic[Asked, Answer]):
    """Collects what is asked; ``run`` answers up to ``at_most`` of it at once, in order."""

    def __init__(
        self, run: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer]]], *, at_most: int
    ) -> None:
        self._run = run
        self._at_most = at_most
        self._waiting: deque[tuple[Asked, asyncio.Future[Answer]]] = deque()
        self.worker: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return self.worker is None

    async def ask(self, asked: Asked) -> Answer:
        """Return the answer to this; raise what went wrong when it was asked."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self.worker is None:
            self.worker = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            count = min(self._at_most, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(count)]
            try:
                answers = await self._run([asked for asked, _ in batch])
            except Exception as error:  # noqa: BLE001 - it belongs to those who asked
                for _, waits in batch:
                    if not waits.done():
                        waits.set_exception(error)
                continue
            for (_, waits), answer in zip(batch, answers, strict=True):
                if not waits.done():
                    waits.set_result(answer)
        self.worker = None
