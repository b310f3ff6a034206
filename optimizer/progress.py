"""Progress reports of long searches, and how a search is stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Progress(NamedTuple):
    """The state of a search: its stage, the value so far, and a lower bound."""

    stage: str
    value: int
    bound: int


# Called at every improvement and every few seconds, possibly from another thread; the search ends
# when it returns False.
ProgressCallback = Callable[[Progress], bool]


def ignore_progress(_: Progress) -> bool:
    """Return True: the search continues."""
    return True
