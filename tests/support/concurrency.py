"""Many people do the same thing at the same moment, each in a thread with its own connection."""

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
    """Let everyone begin at once; return what each got."""
    start = threading.Barrier(len(people))

    def step(person: _T) -> _R:
        start.wait()
        try:
            return act(person)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(step, people))
