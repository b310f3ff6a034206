"""How the post does, in numbers that name nobody: for the operator's page and for monitors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Min

from notifications.delivery import circuit_breaker
from notifications.models import Gate, Notice, Way

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

LOOKS_BACK: Final = timedelta(hours=24)
LOOKS_AHEAD: Final = timedelta(hours=1)
DOUBTS_SHOWN: Final = 100
State = Notice.State


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many notices ended in one state, for one reason, within a day."""

    state: Notice.State
    reason: str
    count: int

    @property
    def reason_told(self) -> str:
        """Return the reason in words, if there is one."""
        return str(Notice.Reason(self.reason).label) if self.reason else ""


@dataclass(frozen=True, slots=True)
class WayFigures:
    """How one way does."""

    way: Way
    due: int
    lag: timedelta  # since the oldest one that waits was due; nothing when none does
    next_hour: int
    uncertain: int
    is_shut: bool
    tries_again_at: datetime | None
    outcomes: list[Outcome]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One message of which nobody knows whether it left."""

    key: UUID
    way: Way
    since: datetime
    expires_at: datetime
    notices: int


def ways(now: datetime) -> list[WayFigures]:
    """Return the figures of each way, in a fixed number of queries."""
    waiting = Notice.objects.waiting()
    due = {
        way: (count, oldest)
        for way, count, oldest in waiting.filter(next_try_at__lte=now)
        .values_list("way")
        .annotate(Count("pk"), Min("due_at"))
    }
    soon = waiting.filter(next_try_at__gt=now, next_try_at__lte=now + LOOKS_AHEAD)
    next_hour = _counted(soon)
    uncertain = _counted(Notice.objects.filter(state=State.UNCERTAIN))
    shut = {gate.way: gate for gate in Gate.objects.all() if circuit_breaker.is_shut(gate)}
    ended = _ended(now)
    return [
        WayFigures(
            way=way,
            due=due.get(way.value, (0, now))[0],
            lag=max(now - due.get(way.value, (0, now))[1], timedelta(0)),
            next_hour=next_hour.get(way.value, 0),
            uncertain=uncertain.get(way.value, 0),
            is_shut=way.value in shut,
            tries_again_at=shut[way.value].shut_until if way.value in shut else None,
            outcomes=ended.get(way.value, []),
        )
        for way in Way
    ]


def doubts() -> list[Doubt]:
    """Return the messages in doubt, the most urgent first; what is in one message is one doubt."""
    rows = (
        Notice.objects.filter(state=State.UNCERTAIN, message_key__isnull=False)
        .values_list("message_key", "way")
        .annotate(since=Min("doubted_at"), ends_at=Min("expires_at"), notices=Count("pk"))
        .order_by("ends_at", "message_key")
    )
    return [
        Doubt(key, Way(way), since, expires_at, count)
        for key, way, since, expires_at, count in rows[:DOUBTS_SHOWN]
    ]


def _counted(notices: QuerySet[Notice]) -> dict[str, int]:
    return dict(notices.values_list("way").annotate(Count("pk")))


def _ended(now: datetime) -> dict[str, list[Outcome]]:
    """Count what ended within a day by way, state and reason."""
    rows = (
        Notice.objects.filter(done_at__gt=now - LOOKS_BACK)
        .values_list("way", "state", "reason")
        .annotate(Count("pk"))
        .order_by("way", "state", "reason")
    )
    ended: dict[str, list[Outcome]] = {}
    for way, state, reason, count in rows:
        ended.setdefault(way, []).append(Outcome(State(state), reason, count))
    return ended
