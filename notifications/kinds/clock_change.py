"""Clocks will change, and a session will be at another local time for people of some zone."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds.definition import NoticeRule, NotificationKind, Texts, page_named
from notifications.models import Notice, Topic
from scheduler.models import Membership, Occurrence
from scheduler.queries.clock_changes import upcoming_clock_changes
from scheduler.text.local_time import local_time
from scheduler.text.schedule import shift_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

NOTICE_PERIOD: Final = timedelta(days=14)
CHECK_INTERVAL: Final = timedelta(hours=12)  # expanding all rules of a large site takes seconds
RETURNS_WITHIN: Final = timedelta(weeks=9)
MINUTES_PER_HALF_DAY: Final = 12 * 60


class Shift(NamedTuple):
    """What a clock change does to the local time of a session in one zone.

    Attributes:
        before: the start of the session before it, at the usual local time; None if unknown.
        last: the last session at the new local time if the usual one returns, None if it stays.
    """

    before: datetime | None
    last: datetime | None


def _members_by_zone(now: datetime, _since: datetime) -> Iterator[NoticeRule]:
    """Yield one rule for each zone and instant at which local times of sessions move there."""
    moving: dict[tuple[ZoneInfo, datetime], list[int]] = defaultdict(list)
    for upcoming in upcoming_clock_changes(now=now):
        if now < upcoming.change.first <= now + NOTICE_PERIOD:
            moving[upcoming.tz, upcoming.change.first].append(upcoming.series.pk)
    for (tz, first), series in moving.items():
        members = "group__memberships"
        yield NoticeRule(
            rows=Occurrence.objects.taking_place().filter(series__in=series, starts_at=first),
            person=f"{members}__person",
            recipients=Q(
                **{f"{members}__state": Membership.State.ACTIVE, f"{members}__person__tz": tz}
            ),
            columns={
                "occurrence_id": F("pk"),
                "version": F("sequence"),
                "expires_at": F("starts_at"),
            },
        )


def shift_at(session: Occurrence, tz: ZoneInfo) -> Shift:
    """Return the usual local time of a session that is shifted, and how long the shift lasts."""
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


def _by_how_much(notice: Notice, _moved_from: datetime | None) -> str:
    """Return the usual local time, the shift, and its last day if it has one."""
    session, tz = notice.occurrence, notice.person.tz
    shift = shift_at(session, tz) if session else None
    if session is None or shift is None or shift.before is None:
        return ""
    new, usual = (at.astimezone(tz) for at in (session.starts_at, shift.before))
    minutes = new.hour * 60 + new.minute - usual.hour * 60 - usual.minute
    values = {
        "before": local_time(shift.before, tz).clock,
        "shift": shift_in_words(_within_half_a_day(minutes)),
        "last": local_time(shift.last, tz).date if shift.last else "",
    }
    if shift.last is None:
        return _("It was at %(before)s before: %(shift)s from now on.") % values
    return _("It is usually at %(before)s: %(shift)s, up to and including %(last)s.") % values


def _within_half_a_day(minutes: int) -> timedelta:
    """Return the difference of two times of day as at most half a day forward or back."""
    half = MINUTES_PER_HALF_DAY
    return timedelta(minutes=(minutes + half) % (2 * half) - half)


KINDS: Final = (
    NotificationKind(
        kind=Notice.Kind.CLOCKS,
        icon="clock",
        action=gettext_lazy("My sessions"),
        topic=Topic.CHANGES,
        source=_members_by_zone,
        source_interval=CHECK_INTERVAL,
        texts=Texts(
            gettext_lazy("The clocks change. From then on this is at another time for you:"),
            gettext_lazy("Clocks change: %(what)s"),
        ),
        note=_by_how_much,
        page=page_named("my_sessions"),
    ),
)
