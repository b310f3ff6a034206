"""Lets the event loop ask the database without waiting for it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import local
from time import monotonic
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from django.db import DatabaseError, close_old_connections

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

LOOK_EVERY: Final = 1.0  # seconds; to ask each time whether a connection lives is a query each time
_looked: Final = local()
# Rooms have threads of their own: Django's single one for async code would make every
# room wait for every other, and pages wait for rooms.
_POOL: Final = ThreadPoolExecutor(max_workers=4, thread_name_prefix="rooms")


async def in_database(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a blocking function on one of the rooms' threads and return what it returns."""
    task = partial(_with_fresh_connection, partial(work, *args, **kwargs))
    return await asyncio.get_running_loop().run_in_executor(_POOL, task)


def _with_fresh_connection(work: Callable[[], R]) -> R:
    if monotonic() - getattr(_looked, "at", 0.0) > LOOK_EVERY:
        close_old_connections()
        _looked.at = monotonic()
    try:
        return work()
    except DatabaseError:
        close_old_connections()  # of no use any more? The next one is new
        raise
