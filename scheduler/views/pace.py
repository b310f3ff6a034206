"""How often one address may be asked for."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import datetime, timedelta


class Pace:
    """Counts calls in fixed windows, in the memory of one process; forgets all of them at its end.

    Counting in a database or a cache would cost more than the answer that it spares.
    """

    def __init__(self, *, calls: int, per: timedelta) -> None:
        self._calls = calls
        self._seconds = int(per.total_seconds())
        self._window = 0
        self._counts: dict[Hashable, int] = {}
        self._lock = Lock()

    def wait(self, name: Hashable, now: datetime) -> int:
        """Count one call; return 0 if it is welcome, else the seconds until the next one is."""
        window, passed = divmod(int(now.timestamp()), self._seconds)
        with self._lock:
            if window != self._window:
                self._window, self._counts = window, {}
            count = self._counts[name] = self._counts.get(name, 0) + 1
        return 0 if count <= self._calls else self._seconds - passed

    def clear(self) -> None:
        """Forget every call."""
        with self._lock:
            self._counts.clear()
