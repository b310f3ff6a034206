"""How the post does, in numbers that name nobody: for the operator's page and for monitors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Min

from notifications.delivery import circuit_breaker
from notifications.models import CircuitBreaker, Notice, Transport

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

LOOKS_BACK: Final = timedelta(hours=24)
LOOKS_AHEAD: Final = timedelta(hours=1)
UNCONFIRMED_SHOWN: Final = 100
State = Notice.State


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many notices ended in one state, for one reason, within a day."""

    state: Notice.State
    reason: str
    count: int

    @property
    def reason_label(self) -> str:
        """Return the reason in words, if there is one."""
        return str(Notice.Reason(self.reason).label) if self.reason else ""


@dataclass(frozen=True, slots=True)
class TransportStatistics:
    """How one way does."""

    transport: Transport
    due: int
    lag: timedelta  # since the oldest one that waits was due; nothing when none does
    next_hour: int
    unconfirmed: int
    is_paused: bool
    retry_at: datetime | None
    outcomes: list[Outcome]


@dataclass(frozen=True, slots=True)
class UnconfirmedMessage:
    """One message of which nobody knows whether it left."""

    key: UUID
    transport: Transport
    since: datetime
    expires_at: datetime
    notices: int


def transports(now: datetime) -> list[TransportStatistics]:
    """Return the figures of each way, in a fixed number of queries."""
    waiting = Notice.objects.waiting()
    due = {
        transport: (count, oldest)
        for transport, count, oldest in waiting.filter(next_try_at__lte=now)
        .values_list("transport")
        .annotate(Count("pk"), Min("due_at"))
    }
    soon = waiting.filter(next_try_at__gt=now, next_try_at__lte=now + LOOKS_AHEAD)
    next_hour = _counted(soon)
    unconfirmed = _counted(Notice.objects.filter(state=State.UNCONFIRMED))
    shut = {
        breaker.transport: breaker
        for breaker in CircuitBreaker.objects.all()
        if circuit_breaker.is_open(breaker)
    }
    ended = _ended(now)
    return [
        TransportStatistics(
            transport=transport,
            due=due.get(transport.value, (0, now))[0],
            lag=max(now - due.get(transport.value, (0, now))[1], timedelta(0)),
            next_hour=next_hour.get(transport.value, 0),
            unconfirmed=unconfirmed.get(transport.value, 0),
            is_paused=transport.value in shut,
            retry_at=shut[transport.value].open_until if transport.value in shut else None,
            outcomes=ended.get(transport.value, []),
        )
        for transport in Transport
    ]


def unconfirmed_messages() -> list[UnconfirmedMessage]:
    """Return the messages in doubt, the most urgent first; what is in one message is one doubt."""
    rows = (
        Notice.objects.filter(state=State.UNCONFIRMED, message_key__isnull=False)
        .values_list("message_key", "transport")
        .annotate(since=Min("unconfirmed_at"), ends_at=Min("expires_at"), notices=Count("pk"))
        .order_by("ends_at", "message_key")
    )
    return [
        UnconfirmedMessage(key, Transport(transport), since, expires_at, count)
        for key, transport, since, expires_at, count in rows[:UNCONFIRMED_SHOWN]
    ]


def _counted(notices: QuerySet[Notice]) -> dict[str, int]:
    return dict(notices.values_list("transport").annotate(Count("pk")))


def _ended(now: datetime) -> dict[str, list[Outcome]]:
    """Count what ended within a day by way, state and reason."""
    rows = (
        Notice.objects.filter(done_at__gt=now - LOOKS_BACK)
        .values_list("transport", "state", "reason")
        .annotate(Count("pk"))
        .order_by("transport", "state", "reason")
    )
    ended: dict[str, list[Outcome]] = {}
    for transport, state, reason, count in rows:
        ended.setdefault(transport, []).append(Outcome(State(state), reason, count))
    return ended
