"""Whether a due notice is still valid and may be sent now, checked just before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.kinds.registry import kind_of
from notifications.models import Notice, Transport
from notifications.planning.quiet_hours import QuietHours
from notifications.planning.quiet_hours_deferral import GRACE, USEFUL, spread_of

if TYPE_CHECKING:
    from datetime import datetime

    from notifications.queries.due_notices import DueNotice

Reason = Notice.Reason


def reason_to_drop(due: DueNotice, now: datetime) -> Notice.Reason | None:
    """Return why a notice must not be sent any more; None if it may.

    ``checkpoint.STATEMENT`` repeats the checks in ``checkpoint.CHECKED_AGAIN``.
    """
    notice, session, person = due.notice, due.notice.occurrence, due.notice.person
    kind = kind_of(notice)
    ends_at = min(notice.expires_at, session.starts_at) if session else notice.expires_at
    is_excluded = kind.is_for_members and not due.is_member
    holds = {
        Reason.CANCELLED: _is_off(notice),
        Reason.MOVED: session is not None and notice.version != session.sequence,
        Reason.TOO_LATE: now >= ends_at,
        Reason.LEFT: is_excluded or not person.is_active,
        Reason.DECLINED: due.has_declined and kind.is_for_attending,
        Reason.SETTLED: due.is_settled,
        Reason.WITHDRAWN: due.consent_key is None and _needs_consent(notice),
        Reason.UNREACHABLE: notice.transport == Transport.EMAIL and not person.can_be_mailed,
        Reason.QUIET: _is_unwelcome(due, now),
    }
    return next((reason for reason, is_true in holds.items() if is_true), None)


def wait_until(due: DueNotice, now: datetime) -> datetime | None:
    """Return until when a notice should wait because it is quiet for its recipient; None if not.

    The planner defers most; this is for people whose time zone or preferences changed since.
    """
    hours = _quiet_hours(due)
    span = hours.around(now) if hours else None
    latest = _latest(due.notice)
    if span is None or span.ends_at + USEFUL > latest:
        return None
    return span.ends_at + spread_of(due.notice.person_id, span.ends_at, latest)


def _is_unwelcome(due: DueNotice, now: datetime) -> bool:
    """Whether it is quiet, the notice cannot wait, and its recipient does not allow it now."""
    hours = _quiet_hours(due)
    span = hours.around(now) if hours else None
    if span is None or wait_until(due, now):
        return False
    if not kind_of(due.notice).is_scheduled:
        return not due.preferences.allows_urgent
    was_due_before = due.notice.due_at < span.begins_at
    return not (was_due_before and now - span.begins_at < GRACE)


def _quiet_hours(due: DueNotice) -> QuietHours | None:
    """Return the recipient's quiet hours; None if there are none, and for the silent inbox."""
    preferences = due.preferences
    if due.notice.transport == Transport.INBOX:
        return None
    if preferences.quiet_from is None or preferences.quiet_until is None:
        return None
    return QuietHours(due.notice.person.tz, preferences.quiet_from, preferences.quiet_until)


def _latest(notice: Notice) -> datetime:
    """Return until when a notice may be deferred.

    A reminder expires when the next one is due, but may be deferred until the session starts.
    """
    session = notice.occurrence
    return session.starts_at if session and kind_of(notice).is_scheduled else notice.expires_at


def _needs_consent(notice: Notice) -> bool:
    return notice.transport != Transport.INBOX or kind_of(notice).needs_consent_in_inbox


def _is_off(notice: Notice) -> bool:
    """Whether the group is closed, or the session is cancelled or stands against what is said."""
    session, group = notice.occurrence, notice.group
    if session is None:
        return group is not None and group.closed_at is not None
    is_closed = session.group.closed_at is not None
    return is_closed or session.is_cancelled != kind_of(notice).is_about_cancellation
