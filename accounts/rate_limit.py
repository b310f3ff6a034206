"""How often something may be done, counted over all processes that share the cache."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from redis import RedisError

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from django.core.cache import BaseCache

MAX_COUNTERS: Final = 50_000
ALONE: Final = LocMemCache("counted alone", {"MAX_ENTRIES": MAX_COUNTERS})

log = logging.getLogger(__name__)


class Pace:
    """Counts in fixed windows: in Redis for many processes, in memory where there is one.

    A window's counter has the window's number in its name, so none outlives its window. While
    the cache does not answer, each process counts by itself: nobody is shut out, and whoever
    guesses has as many tries more as there are processes.
    """

    def __init__(self, name: str, *, calls: int, per: timedelta) -> None:
        self._name = name
        self._calls = calls
        self._seconds = int(per.total_seconds())

    def wait(self, who: str, now: datetime) -> int:
        """Count one call; return 0 if it is welcome, else the seconds until the next one is.

        ``who`` becomes part of a name in the cache, so let it be a hash and not a secret.
        """
        is_accepted = self._add(self._key(who, now)) <= self._calls
        return 0 if is_accepted else self._seconds - int(now.timestamp()) % self._seconds

    def forgive(self, who: str, now: datetime) -> None:
        """Take back one call that turned out not to be one of those that are counted."""
        self._add(self._key(who, now), -1)

    def _add(self, key: str, one: int = 1) -> int:
        try:
            return _add(cache, key, one, self._seconds)
        except (RedisError, OSError) as fault:
            log.warning("The cache does not answer (%s): counting alone", type(fault).__name__)
            return _add(ALONE, key, one, self._seconds)

    def _key(self, who: str, now: datetime) -> str:
        return f"pace:{self._name}:{int(now.timestamp()) // self._seconds}:{who}"


def _add(store: BaseCache, key: str, one: int, seconds: int) -> int:
    """Count in one step that no other process comes between; return how many there are."""
    if store.add(key, one, seconds):
        return one
    try:
        return store.incr(key, one)
    except ValueError:  # it expired between the two
        return one
