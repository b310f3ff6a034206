"""How many messages a transport may send now: a circuit breaker and a token bucket.

Both are in one row of the database, so that all dispatchers of all machines share what one learns.
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

FAILURE_THRESHOLD: Final = 3  # consecutive failures; fewer may be one broken connection
PROBE_TIMEOUT: Final = timedelta(seconds=30)  # in which no other dispatcher probes
OPEN_FOR: Final = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=1))


def acquire(transport: Transport, limit: int, now: datetime) -> int:
    """Return how many messages may be claimed now, at most ``limit``; they count against the rate.

    While the breaker is open that is none, then one as a probe.
    """
    breaker = CircuitBreaker.objects.filter(transport=transport).first()
    if breaker is not None and is_open(breaker):
        return int(_may_probe(breaker, now))
    return _take_tokens(transport, limit, now)


def record_success(transport: Transport) -> None:
    """Close the breaker: the other side answered."""
    failed = CircuitBreaker.objects.filter(transport=transport, failures__gt=0)
    failed.update(failures=0, open_until=None)


def record_failure(transport: Transport, now: datetime) -> None:
    """Count a failure. From the third in a row the breaker opens, for up to a minute each time."""
    breaker, _is_new = CircuitBreaker.objects.get_or_create(transport=transport)
    step = min(max(breaker.failures + 1 - FAILURE_THRESHOLD, 0), len(OPEN_FOR) - 1)
    CircuitBreaker.objects.filter(transport=transport).update(
        failures=F("failures") + 1, open_until=now + OPEN_FOR[step]
    )


def is_open(breaker: CircuitBreaker) -> bool:
    """Whether a transport is considered down."""
    return breaker.failures >= FAILURE_THRESHOLD


def _may_probe(breaker: CircuitBreaker, now: datetime) -> bool:
    """Whether this dispatcher, and no other, may send one message to test the transport."""
    if breaker.open_until is not None and breaker.open_until > now:
        return False
    unchanged = CircuitBreaker.objects.filter(
        transport=breaker.transport, failures=breaker.failures, open_until=breaker.open_until
    )
    return unchanged.update(open_until=now + PROBE_TIMEOUT) == 1


def _take_tokens(transport: Transport, limit: int, now: datetime) -> int:
    """Take up to ``limit`` tokens from the bucket of a transport with a rate limit.

    The bucket holds one second's worth, but at least one. A clock that goes back adds nothing.
    """
    rate = settings.RATES.get(transport.value)
    if rate is None:
        return limit
    with transaction.atomic():
        CircuitBreaker.objects.get_or_create(transport=transport)
        breaker = CircuitBreaker.objects.select_for_update().get(transport=transport)
        refilled_at = breaker.refilled_at
        seconds = (now - refilled_at).total_seconds() if refilled_at else 1 / min(rate, 1)
        tokens = min(breaker.tokens + max(seconds, 0.0) * rate, max(rate, 1.0))
        taken = min(limit, int(tokens))
        CircuitBreaker.objects.filter(transport=transport).update(
            tokens=tokens - taken, refilled_at=now
        )
    return taken
