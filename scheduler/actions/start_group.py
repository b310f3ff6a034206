"""Create a group together with its weekly time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from civiltime.recurrence import Frequency, Rule, Weekday
from scheduler.actions.groups import create_group
from scheduler.actions.schedule import create_series

if TYPE_CHECKING:
    from datetime import time
    from zoneinfo import ZoneInfo

    from accounts.models import Person
    from scheduler.models import Group


@transaction.atomic
def start_group(
    *,
    by: Person,
    tz: ZoneInfo,
    weekday: int,
    starts: time,
    duration_minutes: int,
    now: datetime,
    **description: Any,
) -> Group:
    """Create a group that meets every week; ``description`` is what ``create_group`` takes beside.

    Raises:
        NotAffiliated: ``by`` does not work for the organisation.
        UnfitAlias: the alias cannot be used.
    """
    group = create_group(by=by, tz=tz, now=now, **description)
    create_series(
        by=by,
        group=group,
        first_local=first_start(weekday, starts, tz=tz, now=now),
        rule=Rule(Frequency.WEEKLY, weekdays=(Weekday(weekday),)),
        duration_minutes=duration_minutes,
        now=now,
    )
    return group


def first_start(weekday: int, starts: time, *, tz: ZoneInfo, now: datetime) -> datetime:
    """Return the next naive local start on a weekday (Monday is 0), from tomorrow on."""
    tomorrow = now.astimezone(tz).date() + timedelta(days=1)
    day = tomorrow + timedelta(days=(weekday - tomorrow.weekday()) % 7)
    return datetime.combine(day, starts)
