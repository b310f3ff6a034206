"""A cache of rendered events in the memory of one process, bounded in bytes."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

MAX_BYTES: Final = 48 * 1024 * 1024
"""Some three hundred feeds of 300 sessions, or five thousand usual ones."""

OVERHEAD_BYTES: Final = 250
"""What Python spends on each fragment besides its pieces."""


class Fragment(NamedTuple):
    """Rendered bytes of an event or a series, and the values that they were rendered from."""

    inputs: Hashable
    pieces: tuple[bytes, ...]


class FragmentCache:
    """The fragments that each feed showed last; the least recently used feed is evicted first.

    After an edit, a cancellation or a session that left the window only that event is rendered
    again. Safe for threads.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._entries: OrderedDict[Hashable, tuple[int, Mapping[int, Fragment]]] = OrderedDict()
        self._lock = Lock()

    @property
    def size(self) -> int:
        """Return how many bytes are kept, overhead included."""
        return self._size

    def get(self, key: Hashable) -> Mapping[int, Fragment]:
        """Return the fragments of a feed by session key, or by negative series key; else empty."""
        with self._lock:
            if key not in self._entries:
                return {}
            self._entries.move_to_end(key)
            return self._entries[key][1]

    def set(self, key: Hashable, fragments: Mapping[int, Fragment]) -> None:
        """Replace the fragments of a feed, then evict feeds until the rest fits."""
        size = sum(sum(map(len, one.pieces)) + OVERHEAD_BYTES for one in fragments.values())
        with self._lock:
            self._size += size - self._entries.pop(key, (0, {}))[0]
            self._entries[key] = (size, fragments)
            while self._size > self._max_bytes and self._entries:
                _key, (freed, _fragments) = self._entries.popitem(last=False)
                self._size -= freed

    def clear(self) -> None:
        """Remove everything."""
        with self._lock:
            self._entries.clear()
            self._size = 0
