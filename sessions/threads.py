"""Lets the event loop ask the database without waiting for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

# Rooms have threads of their own: Django's single one for async code would make every
# room wait for every other, and pages wait for rooms.
_POOL: Final = ThreadPoolExecutor(max_workers=4, thread_name_prefix="rooms")


async def in_database(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a blocking function on one of the rooms' threads and return what it returns."""
    task = partial(_with_fresh_connection, partial(work, *args, **kwargs))
    return await sync_to_async(task, thread_sensitive=False, executor=_POOL)()


def _with_fresh_connection(work: Callable[[], R]) -> R:
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
