"""Rate limits by name: fixed windows, counted in Redis or, in one process, in Django's cache."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from redis import RedisError

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from django.core.cache import BaseCache

MAX_LOCAL_COUNTERS: Final = 50_000

log = logging.getLogger(__name__)


class CacheStorage(Storage):
    """Counters in a Django cache of this process: bounded, and exact under threads.

    The memory storage of ``limits`` keeps every counter until it expires, and reads a counter
    outside the lock that raised it.
    """

    STORAGE_SCHEME = None
    base_exceptions = OSError

    def __init__(self, store: BaseCache) -> None:
        super().__init__()
        self.store = store

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Raise a counter by ``amount``, or start one that expires; return its value."""
        if self.store.add(key, amount, expiry):
            return amount
        try:
            return self.store.incr(key, amount)
        except ValueError:  # it expired between the two
            return amount

    def get(self, key: str) -> int:
        """Return a counter's value, 0 if there is none."""
        return int(self.store.get(key, 0))

    def get_expiry(self, key: str) -> float:
        """Not known: the key of a window names its number, from which its end follows."""
        raise NotImplementedError

    def check(self) -> bool:
        """Whether the storage works: memory always does."""
        return True

    def reset(self) -> int | None:
        """Delete all counters."""
        self.store.clear()
        return None

    def clear(self, key: str) -> None:
        """Delete one counter."""
        self.store.delete(key)


def limiter(storage: Storage) -> FixedWindowRateLimiter:
    """Return the counting of fixed windows over a storage."""
    return FixedWindowRateLimiter(storage)


SHARED: Final = limiter(
    RedisStorage(settings.REDIS_URL, **settings.CACHES["default"]["OPTIONS"])
    if settings.REDIS_URL
    else CacheStorage(cache)
)
LOCAL: Final = limiter(
    CacheStorage(LocMemCache("rate limits", {"OPTIONS": {"MAX_ENTRIES": MAX_LOCAL_COUNTERS}}))
)


class RateLimit:
    """At most ``calls`` in each fixed window of ``per``, over all processes together.

    While Redis does not answer, each process counts by itself: nobody is shut out, and an
    attacker has as many more attempts as there are processes.
    """

    def __init__(self, name: str, *, calls: int, per: timedelta) -> None:
        self._seconds = int(per.total_seconds())
        self._item = RateLimitItemPerSecond(calls, self._seconds, namespace=f"limit:{name}")

    def wait(self, key: str, now: datetime) -> int:
        """Count one call; return 0 if it is allowed, else the seconds until the next window.

        ``key`` is stored and must not be a secret: pass a hash.
        """
        if self._hit(key, now):
            return 0
        return self._seconds - int(now.timestamp()) % self._seconds

    def refund(self, key: str, now: datetime) -> None:
        """Take back one counted call."""
        self._hit(key, now, cost=-1)

    def _hit(self, key: str, now: datetime, cost: int = 1) -> bool:
        window = str(int(now.timestamp()) // self._seconds)
        try:
            return SHARED.hit(self._item, window, key, cost=cost)
        except (RedisError, OSError) as error:
            log.warning("Redis does not answer (%s): counting alone", type(error).__name__)
            return LOCAL.hit(self._item, window, key, cost=cost)
