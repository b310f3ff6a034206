"""The moments under which calendars learn of changes: each is later than the last of its group."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import F

from scheduler.models import Group, Membership, Series

if TYPE_CHECKING:
    from datetime import datetime

SECOND: Final = timedelta(seconds=1)


def lock_group(group: int) -> Group:
    """Lock a group's row, by its primary key, until the transaction ends.

    Whoever changes what calendars show takes this lock before those of series, sessions and seats,
    so that no two wait for each other. Rows that only refer to the group are not kept waiting.
    """
    return Group.objects.select_for_update(of=("self",), no_key=True).get(pk=group)


def next_revision(group: int, now: datetime) -> datetime:
    """Lock a group and return the moment of its next change, in whole seconds.

    Calendars write no fractions, and some take an event only if its LAST-MODIFIED is newer than
    the one they have. So of two changes in one second, to whatever two things that one event
    shows, the later gets a later second.
    """
    moment, last = now.replace(microsecond=0), lock_group(group).revised_at
    if last is not None:
        moment = max(moment, last + SECOND)
    Group.objects.filter(pk=group).update(revised_at=moment)
    return moment


def revise_series(series: int | None, revision: datetime, *, is_news: bool = True) -> None:
    """Let a series, by its primary key, have changed: its rule, or one of its sessions.

    None is the series of a session that stands alone.

    ``is_news`` raises its SEQUENCE, once for each revision however many sessions it is about.
    """
    if series is None:
        return
    rows = Series.objects.filter(pk=series, revised_at__lt=revision)
    rows.update(revised_at=revision, sequence=F("sequence") + int(is_news))


def record_decline(membership: Membership, now: datetime) -> None:
    """Let somebody have said “not this time”, or taken it back: her own calendars change."""
    declined_at = next_revision(membership.group_id, now)
    own = Membership.objects.filter(pk=membership.pk)
    own.update(declines=F("declines") + 1, declined_at=declined_at)
