"""Rendered events, kept in memory until there are too many of them."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

LARGEST: Final = 48 * 1024 * 1024
"""Bytes that one process keeps: some three hundred full calendars, or five thousand usual ones."""

OVERHEAD: Final = 250
"""Bytes that Python spends on each fragment besides what is in it."""


class Fragment(NamedTuple):
    """An event's bytes, and the facts that it was rendered from."""

    facts: Hashable
    pieces: tuple[bytes, ...]


class Fragments:
    """Shelves of fragments; the shelf that nobody has asked for longest goes first.

    A shelf holds what one calendar showed last, so that an edit, a cancellation or a session that
    has become too old costs its calendar one event and not all of them.
    """

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._size = 0
        self._shelves: OrderedDict[Hashable, tuple[int, Mapping[int, Fragment]]] = OrderedDict()
        self._lock = Lock()

    @property
    def size(self) -> int:
        """Return how many bytes are kept."""
        return self._size

    def take(self, name: Hashable) -> Mapping[int, Fragment]:
        """Return what a calendar showed last, by the number of the session or series."""
        with self._lock:
            if name not in self._shelves:
                return {}
            self._shelves.move_to_end(name)
            return self._shelves[name][1]

    def put(self, name: Hashable, shelf: Mapping[int, Fragment]) -> None:
        """Keep what a calendar shows now in place of what it showed before."""
        size = sum(sum(map(len, one.pieces)) + OVERHEAD for one in shelf.values())
        with self._lock:
            self._size += size - self._shelves.pop(name, (0, {}))[0]
            self._shelves[name] = (size, shelf)
            while self._size > self._largest and self._shelves:
                _name, (freed, _shelf) = self._shelves.popitem(last=False)
                self._size -= freed

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._shelves.clear()
            self._size = 0
