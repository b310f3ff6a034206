"""Requests that arrive while a batch is processed are processed together."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from sessions.live.batching import Batcher

if TYPE_CHECKING:
    from collections.abc import Sequence


async def test_what_is_asked_meanwhile_is_answered_together_and_in_order() -> None:
    runs: list[list[int]] = []

    async def double(numbers: Sequence[int]) -> list[int]:
        runs.append(list(numbers))
        await asyncio.sleep(0.01)
        return [2 * number for number in numbers]

    batcher = Batcher(double, max_size=3)
    first = asyncio.create_task(batcher.submit(0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [batcher.submit(number) for number in range(1, 6)]
    assert await asyncio.gather(first, *rest) == [0, 2, 4, 6, 8, 10]
    assert runs == [[0], [1, 2, 3], [4, 5]]
    assert batcher.is_idle


async def test_what_goes_wrong_belongs_to_those_who_asked_it() -> None:
    async def invert(numbers: Sequence[int]) -> list[float]:
        return [1 / number for number in numbers]

    batcher = Batcher(invert, max_size=1)
    wrong, right = asyncio.create_task(batcher.submit(0)), asyncio.create_task(batcher.submit(2))
    with pytest.raises(ZeroDivisionError):
        await wrong
    assert await right == 0.5


async def test_who_gives_up_waiting_takes_nothing_from_the_others() -> None:
    async def wait(numbers: Sequence[int]) -> list[int]:
        await asyncio.sleep(0.01)
        return list(numbers)

    batcher = Batcher(wait, max_size=5)
    gone, stays = asyncio.create_task(batcher.submit(1)), asyncio.create_task(batcher.submit(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 2
