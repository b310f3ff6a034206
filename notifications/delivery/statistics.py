"""The state of message delivery in numbers, without personal data: for operators and monitors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db.models import Count, Min

from notifications.delivery import circuit_breaker
from notifications.models import CircuitBreaker, Notice, Transport

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from notifications.models.ledger import NoticeQuerySet

PAST: Final = timedelta(hours=24)
AHEAD: Final = timedelta(hours=1)
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
        """Return the reason as a sentence; empty if there is none."""
        return str(Notice.Reason(self.reason).label) if self.reason else ""


@dataclass(frozen=True, slots=True)
class TransportStatistics:
    """The numbers of one transport.

    Attributes:
        due: notices that are due and wait.
        lag: how long the oldest of these has been due; zero if there are none.
        next_hour: notices that will be due within an hour.
        unconfirmed: notices of which it is unknown whether they were sent.
        failures: how often in a row the other side was not reached; nothing is sent for a while
            from the third on, and the next attempt is at ``retry_at``.
        is_configured: the settings name what carries it.
        outcomes: of the last day, by state and reason.
    """

    transport: Transport
    due: int
    lag: timedelta
    next_hour: int
    unconfirmed: int
    failures: int
    retry_at: datetime | None
    is_configured: bool
    outcomes: list[Outcome]

    @property
    def is_paused(self) -> bool:
        """Whether its circuit breaker is open."""
        return self.failures >= circuit_breaker.FAILURE_THRESHOLD


@dataclass(frozen=True, slots=True)
class UnconfirmedMessage:
    """One message of which it is unknown whether it was sent, with the number of its notices."""

    key: UUID
    transport: Transport
    since: datetime
    expires_at: datetime
    notices: int


def transports(now: datetime) -> list[TransportStatistics]:
    """Return the numbers of each transport, in a fixed number of queries."""
    waiting = Notice.objects.waiting()
    due = {
        value: (count, oldest)
        for value, count, oldest in waiting.filter(next_try_at__lte=now)
        .values_list("transport")
        .annotate(Count("pk"), Min("due_at"))
    }
    next_hour = _counts(waiting.filter(next_try_at__gt=now, next_try_at__lte=now + AHEAD))
    unconfirmed = _counts(Notice.objects.unconfirmed())
    breakers = {each.transport: each for each in CircuitBreaker.objects.all()}
    outcomes = _outcomes(now)
    return [
        TransportStatistics(
            transport=transport,
            due=due.get(transport.value, (0, now))[0],
            lag=max(now - due.get(transport.value, (0, now))[1], timedelta(0)),
            next_hour=next_hour.get(transport.value, 0),
            unconfirmed=unconfirmed.get(transport.value, 0),
            failures=breakers[transport.value].failures if transport.value in breakers else 0,
            retry_at=breakers[transport.value].open_until if transport.value in breakers else None,
            is_configured=_is_configured(transport),
            outcomes=outcomes.get(transport.value, []),
        )
        for transport in Transport
    ]


def unconfirmed_messages() -> list[UnconfirmedMessage]:
    """Return the unconfirmed messages, at most a hundred, those that expire first at the front."""
    rows = (
        Notice.objects.unconfirmed()
        .filter(message_key__isnull=False)
        .values_list("message_key", "transport")
        .annotate(since=Min("unconfirmed_at"), ends_at=Min("expires_at"), notices=Count("pk"))
        .order_by("ends_at", "message_key")
    )
    return [
        UnconfirmedMessage(key, Transport(transport), since, expires_at, count)
        for key, transport, since, expires_at, count in rows[:UNCONFIRMED_SHOWN]
    ]


def _is_configured(transport: Transport) -> bool:
    """Whether the settings name a mail server or a gateway; push and the inbox need neither."""
    if transport == Transport.EMAIL:
        return settings.IS_DEMO or not settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")
    return transport in {Transport.PUSH, Transport.INBOX} or transport in settings.GATEWAYS


def _counts(notices: NoticeQuerySet) -> dict[str, int]:
    """Return the number of notices by transport."""
    return dict(notices.values_list("transport").annotate(Count("pk")))


def _outcomes(now: datetime) -> dict[str, list[Outcome]]:
    """Return what ended within a day, by transport."""
    rows = (
        Notice.objects.filter(done_at__gt=now - PAST)
        .values_list("transport", "state", "reason")
        .annotate(Count("pk"))
        .order_by("transport", "state", "reason")
    )
    outcomes: dict[str, list[Outcome]] = {}
    for transport, state, reason, count in rows:
        outcomes.setdefault(transport, []).append(Outcome(State(state), reason, count))
    return outcomes
