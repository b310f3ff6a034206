"""End a group: its sessions are cancelled at once, and it closes for good a month later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from scheduler.actions.groups import require_facilitator
from scheduler.actions.invitations import revoke_invitation_link
from scheduler.actions.messages import message_group
from scheduler.actions.schedule import cancel_occurrence, end_series
from scheduler.models import Group

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person

REOPENS_FOR: Final = timedelta(days=30)


@transaction.atomic
def end_group(*, by: Person, group: Group, now: datetime) -> None:
    """Cancel a group's times and coming sessions and tell its members; nobody can join any more.

    It stays visible to its members for :data:`REOPENS_FOR`, and can be reopened until then.

    Raises:
        NotFacilitating: ``by`` does not facilitate it.
    """
    require_facilitator(by, group)
    ended = Group.objects.select_for_update().filter(pk=group.pk, closed_at=None, closes_at=None)
    if not ended.update(closes_at=now + REOPENS_FOR):
        return
    message_group(
        by=by,
        group=group,
        text=_("This group ends. Its coming sessions are cancelled. Thank you for being here."),
        now=now,
    )
    revoke_invitation_link(by=by, group=group, now=now)
    for series in group.series.filter(ended_at=None):
        end_series(by=by, series=series, now=now)
    for session in group.occurrences.filter(starts_at__gt=now, cancelled_at=None):
        cancel_occurrence(by=by, occurrence=session, reason="", now=now)


@transaction.atomic
def reopen_group(*, by: Person, group: Group) -> None:
    """Let people join an ended group again. Its sessions stay cancelled.

    Raises:
        NotFacilitating: ``by`` does not facilitate it.
    """
    require_facilitator(by, group)
    Group.objects.filter(pk=group.pk, closed_at=None).update(closes_at=None)


def close_ended_groups(*, now: datetime) -> int:
    """Close the groups whose time to be reopened is over; return how many."""
    due = Group.objects.filter(closed_at=None, closes_at__lte=now)
    return due.update(closed_at=now)
