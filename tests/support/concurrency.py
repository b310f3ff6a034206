"""Run the same action many times at once, each in a thread with a database connection of its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_T = TypeVar("_T")
_R = TypeVar("_R")


def run(act: Callable[[_T], _R], people: Sequence[_T]) -> list[_R]:
    """Start all threads at once; return their results in the order of ``people``."""
    start = threading.Barrier(len(people))

    def step(person: _T) -> _R:
        start.wait()
        try:
            return act(person)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(step, people))
