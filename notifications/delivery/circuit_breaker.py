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

from notifications.models import Gate, Way

if TYPE_CHECKING:
    from datetime import datetime

OPENS_AFTER: Final = 3  # failures in a row; fewer may be one broken connection
PROBE_LASTS: Final = timedelta(seconds=30)  # in which nobody else tries
SHUT_FOR: Final = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=1))


def admit(way: Way, most: int, now: datetime) -> int:
    """Return how many messages may be taken up now, at most ``most``; they count as sent."""
    gate = Gate.objects.filter(way=way).first()
    if gate is not None and gate.downs >= OPENS_AFTER:
        return int(_wins_probe(gate, now))
    return _draw(way, most, now)


def note_up(way: Way) -> None:
    """Remember that somebody at the other end answered: the gate is open."""
    Gate.objects.filter(way=way, downs__gt=0).update(downs=0, shut_until=None)


def note_down(way: Way, now: datetime) -> None:
    """Remember that a way failed; the third time in a row shuts it, longer each time up to a minute."""
    gate, _is_new = Gate.objects.get_or_create(way=way)
    longer = min(max(gate.downs + 1 - OPENS_AFTER, 0), len(SHUT_FOR) - 1)
    Gate.objects.filter(way=way).update(downs=F("downs") + 1, shut_until=now + SHUT_FOR[longer])


def is_shut(gate: Gate) -> bool:
    """Whether a way is taken for down."""
    return gate.downs >= OPENS_AFTER


def _wins_probe(gate: Gate, now: datetime) -> bool:
    """Whether this dispatcher, of all, is the one that tries whether the way is up again."""
    if gate.shut_until is not None and gate.shut_until > now:
        return False
    seen = Gate.objects.filter(way=gate.way, downs=gate.downs, shut_until=gate.shut_until)
    return seen.update(shut_until=now + PROBE_LASTS) == 1


def _draw(way: Way, most: int, now: datetime) -> int:
    """Take tokens from the bucket of a way that has a rate; a second's worth is all it holds."""
    rate = settings.RATES.get(way.value)
    if rate is None:
        return most
    with transaction.atomic():
        Gate.objects.get_or_create(way=way)
        gate = Gate.objects.select_for_update().get(way=way)
        since = (now - gate.filled_at).total_seconds() if gate.filled_at else 1 / min(rate, 1)
        tokens = min(gate.tokens + max(since, 0.0) * rate, max(rate, 1.0))
        drawn = min(most, int(tokens))
        Gate.objects.filter(way=way).update(tokens=tokens - drawn, filled_at=now)
    return drawn
