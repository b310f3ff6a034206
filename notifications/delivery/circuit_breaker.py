"""How many messages may leave by a way now: all, one to try it, or none while it is down or fast.

A circuit breaker and a token bucket, both in one row of the database, so that every dispatcher of
every machine knows what one of them learned.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F

from notifications.models import CircuitBreaker, Transport

if TYPE_CHECKING:
    from datetime import datetime

FAILURE_THRESHOLD: Final = 3  # failures in a row; fewer may be one broken connection
PROBE_TIMEOUT: Final = timedelta(seconds=30)  # in which nobody else tries
OPEN_FOR: Final = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=1))


def acquire(transport: Transport, most: int, now: datetime) -> int:
    """Return how many messages may be taken up now, at most ``most``; they count as sent."""
    breaker = CircuitBreaker.objects.filter(transport=transport).first()
    if breaker is not None and breaker.failures >= FAILURE_THRESHOLD:
        return int(_wins_probe(breaker, now))
    return _take_tokens(transport, most, now)


def record_success(transport: Transport) -> None:
    """Remember that somebody at the other end answered: the gate is open."""
    CircuitBreaker.objects.filter(transport=transport, failures__gt=0).update(
        failures=0, open_until=None
    )


def record_failure(transport: Transport, now: datetime) -> None:
    """Remember that a way failed; the third time in a row shuts it, longer each time up to a minute."""
    breaker, _is_new = CircuitBreaker.objects.get_or_create(transport=transport)
    longer = min(max(breaker.failures + 1 - FAILURE_THRESHOLD, 0), len(OPEN_FOR) - 1)
    CircuitBreaker.objects.filter(transport=transport).update(
        failures=F("failures") + 1, open_until=now + OPEN_FOR[longer]
    )


def is_open(breaker: CircuitBreaker) -> bool:
    """Whether a way is taken for down."""
    return breaker.failures >= FAILURE_THRESHOLD


def _wins_probe(breaker: CircuitBreaker, now: datetime) -> bool:
    """Whether this dispatcher, of all, is the one that tries whether the way is up again."""
    if breaker.open_until is not None and breaker.open_until > now:
        return False
    seen = CircuitBreaker.objects.filter(
        transport=breaker.transport, failures=breaker.failures, open_until=breaker.open_until
    )
    return seen.update(open_until=now + PROBE_TIMEOUT) == 1


def _take_tokens(transport: Transport, most: int, now: datetime) -> int:
    """Take tokens from the bucket of a way that has a rate; a second's worth is all it holds."""
    rate = settings.RATES.get(transport.value)
    if rate is None:
        return most
    with transaction.atomic():
        CircuitBreaker.objects.get_or_create(transport=transport)
        breaker = CircuitBreaker.objects.select_for_update().get(transport=transport)
        since = (
            (now - breaker.refilled_at).total_seconds() if breaker.refilled_at else 1 / min(rate, 1)
        )
        tokens = min(breaker.tokens + max(since, 0.0) * rate, max(rate, 1.0))
        drawn = min(most, int(tokens))
        CircuitBreaker.objects.filter(transport=transport).update(
            tokens=tokens - drawn, refilled_at=now
        )
    return drawn
