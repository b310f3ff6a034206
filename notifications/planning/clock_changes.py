"""Clock changes ahead: whose session will be at another hour, told two weeks before, once."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import F, Q

from notifications.models import Heartbeat, Notice
from notifications.planning.change_notices import NoticeRule, insert_notices
from scheduler.models import Membership, Occurrence
from scheduler.queries.clock_changes import upcoming_clock_changes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

NOTICE_PERIOD: Final = timedelta(days=14)
CHECK_INTERVAL: Final = timedelta(hours=12)  # expanding every rule takes seconds in a large house
RETURNS_WITHIN: Final = timedelta(weeks=9)
HEARTBEAT: Final = "clocks"


class Shift(NamedTuple):
    """What clocks do to a session's hour for the people of a zone.

    Attributes:
        before: the start of the session before it, at the hour that was usual; None if unknown.
        last: the last session at the new hour, if the usual one comes back; None if it stays.
    """

    before: datetime | None
    last: datetime | None


def plan_clock_changes(now: datetime) -> int:
    """Write to whom it concerns that an agreed hour will be another one; twice a day."""
    looked = Heartbeat.age(now, HEARTBEAT)
    if looked is not None and looked < CHECK_INTERVAL:
        return 0
    Heartbeat.objects.beat(now, HEARTBEAT)
    return sum(insert_notices(rule, now) for rule in _rules(now))


def _rules(now: datetime) -> Iterator[NoticeRule]:
    """Yield one story for each zone and moment at which hours part there."""
    moving: dict[tuple[ZoneInfo, datetime], list[int]] = defaultdict(list)
    for news in upcoming_clock_changes(now=now):
        if now < news.change.first <= now + NOTICE_PERIOD:
            moving[news.tz, news.change.first].append(news.series.pk)
    for (tz, first), series in moving.items():
        members = "group__memberships"
        yield NoticeRule(
            kind=Notice.Kind.CLOCKS,
            rows=Occurrence.objects.taking_place().filter(series__in=series, starts_at=first),
            person=f"{members}__person",
            who=Q(**{f"{members}__state": Membership.State.ACTIVE, f"{members}__person__tz": tz}),
            columns={
                "occurrence_id": F("pk"),
                "version": F("sequence"),
                "expires_at": F("starts_at"),
            },
        )


def shift_at(session: Occurrence, tz: ZoneInfo) -> Shift:
    """Return what a session that clocks shift had been before, and until when it stays so."""
    others = Occurrence.objects.filter(series=session.series_id, moved_at=None)
    if session.series_id is None:
        others = others.none()
    earlier = others.filter(starts_at__lt=session.starts_at).order_by("-starts_at")
    before = earlier.values_list("starts_at", flat=True).first()
    later = others.filter(
        starts_at__gte=session.starts_at, starts_at__lte=session.starts_at + RETURNS_WITHIN
    )
    last = None
    for start in later.order_by("starts_at").values_list("starts_at", flat=True):
        if before and _clock(start, tz) == _clock(before, tz):
            return Shift(before, last)
        last = start
    return Shift(before, None)


def _clock(at: datetime, tz: ZoneInfo) -> str:
    return at.astimezone(tz).strftime("%H:%M")
