"""Batches requests that arrive while a batch is being processed."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Request = TypeVar("Request")
Result = TypeVar("Result")


class Batcher(Generic[Request, Result]):
    """Processes requests in order, up to ``max_size`` in one call of ``process``."""

    def __init__(
        self,
        process: Callable[[Sequence[Request]], Awaitable[Sequence[Result]]],
        *,
        max_size: int,
    ) -> None:
        self._process = process
        self._max_size = max_size
        self._waiting: deque[tuple[Request, asyncio.Future[Result]]] = deque()
        self.worker: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether no request is waiting or being processed."""
        return self.worker is None

    async def submit(self, request: Request) -> Result:
        """Return the result of a request; raise the error of its batch."""
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, result))
        if self.worker is None:
            self.worker = asyncio.create_task(self._work())
        return await result

    async def _work(self) -> None:
        while self._waiting:
            size = min(self._max_size, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(size)]
            try:
                results = await self._process([request for request, _ in batch])
            except Exception as error:  # noqa: BLE001 - raised by each ``submit`` of the batch
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)
        self.worker = None
