"""Database calls from the event loop."""

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

CHECK_SECONDS: Final = 1.0  # between health checks of a connection; each is a query
_last_check: Final = local()
# Not Channels' database_sync_to_async: its single thread would make rooms wait for each other and for
# pages, and it checks the connection before and after each call.
_POOL: Final = ThreadPoolExecutor(max_workers=4, thread_name_prefix="rooms")


async def in_database(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a blocking function on a thread of the rooms and return its result."""
    call = partial(_with_connection, partial(function, *args, **kwargs))
    return await asyncio.get_running_loop().run_in_executor(_POOL, call)


def _with_connection(call: Callable[[], R]) -> R:
    if monotonic() - getattr(_last_check, "at", 0.0) > CHECK_SECONDS:
        close_old_connections()
        _last_check.at = monotonic()
    try:
        return call()
    except DatabaseError:
        close_old_connections()  # if it cannot be used any more, the next call opens another
        raise
