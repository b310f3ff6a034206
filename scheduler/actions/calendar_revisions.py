"""Revision times of what calendars show: each change of a group is later than the one before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import F

from scheduler.models import Group, Membership, Series

if TYPE_CHECKING:
    from datetime import datetime

REVISION_STEP: Final = timedelta(seconds=1)


def lock_group(group: int) -> Group:
    """Lock a group's row, by its primary key, until the transaction ends.

    Every change of what calendars show takes this lock before those of series, sessions and seats,
    so there is no deadlock. The lock does not block rows that only refer to the group.
    """
    return Group.objects.select_for_update(of=("self",), no_key=True).get(pk=group)


def next_revision(group: int, now: datetime) -> datetime:
    """Lock a group and return the time of its next change, in whole seconds.

    Calendars have no fractions of seconds, and some accept an event only if its LAST-MODIFIED is
    later than the one they have. So the second of two changes in one second gets a later one.
    """
    moment, last = now.replace(microsecond=0), lock_group(group).revised_at
    if last is not None:
        moment = max(moment, last + REVISION_STEP)
    Group.objects.filter(pk=group).update(revised_at=moment)
    return moment


def revise_series(series: int | None, revision: datetime, *, raises_sequence: bool = True) -> None:
    """Set the revision time of a series, by primary key; None, of an extra session, does nothing.

    ``raises_sequence`` also raises SEQUENCE, once a revision however many sessions changed.
    """
    if series is None:
        return
    rows = Series.objects.filter(pk=series, revised_at__lt=revision)
    rows.update(revised_at=revision, sequence=F("sequence") + int(raises_sequence))


def record_decline(membership: Membership, now: datetime) -> None:
    """Count that a member declined a session or took that back: their own calendars change."""
    declined_at = next_revision(membership.group_id, now)
    own = Membership.objects.filter(pk=membership.pk)
    own.update(decline_count=F("decline_count") + 1, declined_at=declined_at)
