"""How a long search tells what it has, and how it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Progress(NamedTuple):
    """Where a search stands: the stage it is at, its value now, and what it cannot get below."""

    stage: str
    value: int
    bound: int


# Called at every improvement and every few seconds, maybe from another thread; what it returns
# tells whether to go on.
Watcher = Callable[[Progress], bool]


def unwatched(_: Progress) -> bool:
    """Go on."""
    return True
