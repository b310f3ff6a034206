"""Open and decide sealed reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from scheduler.models import Membership
from sessions.actions.removals import AlreadyDecided
from sessions.models import Removal, Report, ReportReading

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person

Decision = Report.Decision


@transaction.atomic
def open_report(*, by: Person, report: Report, now: datetime) -> Report:
    """Record that a person opens a report, and return it with its messages.

    Raises:
        Report.DoesNotExist: this person may not read it.
    """
    opened = (
        Report.objects.readable_by(by)
        .select_related("occurrence__group", "about", "by")
        .get(pk=report.pk)
    )
    ReportReading.objects.create(report=opened, by=by, alias=_alias(by, opened), at=now)
    return opened


@transaction.atomic
def decide_report(*, by: Person, report: Report, decision: str, note: str, now: datetime) -> None:
    """Decide a report, once.

    ``REMOVAL`` creates a removal from the group, which a second facilitator must uphold.

    Raises:
        Report.DoesNotExist: this person may not read it.
        AlreadyDecided: it was decided, or the person has left the group.
    """
    locked = (
        Report.objects.select_for_update(of=("self",)).select_related("about").get(pk=report.pk)
    )
    Report.objects.readable_by(by).get(pk=locked.pk)
    if locked.decided_at is not None:
        raise AlreadyDecided
    if decision == Decision.REMOVAL:
        _create_removal(locked, by=by, reason=note.strip() or locked.reason, now=now)
    locked.decision, locked.note = decision, note.strip()
    locked.decided_by, locked.decided_at = by, now
    locked.save(update_fields=["decision", "note", "decided_by", "decided_at"])


def _create_removal(report: Report, *, by: Person, reason: str, now: datetime) -> None:
    if report.about.state != Membership.State.ACTIVE:
        raise AlreadyDecided
    Removal.objects.create(
        occurrence_id=report.occurrence_id,
        membership=report.about,
        by=_facilitating(by, report),
        reason=reason,
        scope=Removal.Scope.GROUP,
        at=now,
    )


def _facilitating(person: Person, report: Report) -> Membership | None:
    """Return the membership with which a person facilitates the group of a report."""
    runs = Membership.objects.active().facilitating()
    return runs.filter(person=person, group=report.about.group_id).first()


def _alias(person: Person, report: Report) -> str:
    own = _facilitating(person, report)
    return own.alias if own else ""
