"""A session was moved, cancelled, or takes place after all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds.definition import (
    NoticeRule,
    NotificationKind,
    Texts,
    no_page,
    other_members,
    session_page,
)
from notifications.models import Notice, Topic
from scheduler.models import ScheduleChange
from scheduler.text.local_time import local_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

Change = ScheduleChange.Kind


def _members_of_changed_sessions(
    changes: list[ScheduleChange.Kind], now: datetime, since: datetime
) -> Iterator[NoticeRule]:
    """Yield a rule for all members of each changed session except the person who changed it.

    A change that was followed by another has an older schedule version: its notice is dropped
    when it falls due.
    """
    members = "occurrence__group__memberships"
    yield NoticeRule(
        rows=ScheduleChange.objects.filter(
            kind__in=changes, at__gte=since, occurrence__starts_at__gt=now
        ),
        person=f"{members}__person",
        recipients=other_members(members, since="at", by="by"),
        occurrence="occurrence",
    )


def _new_end(notice: Notice, moved_from: datetime | None) -> str:
    """Return when the session ends, if only its end was moved."""
    session = notice.occurrence
    if session is None or moved_from not in {None, session.starts_at}:
        return ""
    ends = local_time(session.ends_at, notice.person.tz)
    return _("It ends at %(clock)s now.") % {"clock": ends.clock}


KINDS: Final = (
    NotificationKind(
        kind=Notice.Kind.MOVED,
        icon="calendar-clock",
        action=gettext_lazy("See the session"),
        topic=Topic.CHANGES,
        source=partial(_members_of_changed_sessions, [Change.MOVED, Change.RETIMED]),
        texts=Texts(gettext_lazy("This has a new time:"), gettext_lazy("New time: %(what)s")),
        note=_new_end,
        page=session_page,
        is_in_calendar_files=True,
        shows_previous_time=True,
    ),
    NotificationKind(
        kind=Notice.Kind.CANCELLED,
        icon="circle-x",
        topic=Topic.CHANGES,
        source=partial(_members_of_changed_sessions, [Change.CANCELLED]),
        texts=Texts(gettext_lazy("This is cancelled:"), gettext_lazy("Cancelled: %(what)s")),
        page=no_page,
        is_about_cancellation=True,
        is_for_attending=True,
        is_in_calendar_files=True,
    ),
    NotificationKind(
        kind=Notice.Kind.RESTORED,
        icon="calendar-check",
        action=gettext_lazy("See the session"),
        topic=Topic.CHANGES,
        source=partial(_members_of_changed_sessions, [Change.RESTORED]),
        texts=Texts(
            gettext_lazy("This is on after all:"),
            gettext_lazy("On after all: %(what)s"),
        ),
        page=session_page,
        is_in_calendar_files=True,
    ),
)
