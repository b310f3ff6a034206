"""The content of one notice: what it is, when in the reader's time zone, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from notifications.kinds.registry import kind_of
from notifications.models import Preferences
from scheduler.text.local_time import LocalTime, local_time

if TYPE_CHECKING:
    from datetime import datetime

    from notifications.kinds.definition import NotificationKind
    from notifications.queries.due_notices import DueNotice


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """What is written about one notice, in the active language.

    Attributes:
        heading: the first line.
        subject: the subject of a mail, and all that a locked screen or a text message shows.
        name: the name of the group; empty unless its reader chose that messages hold it.
        when: the time of the session in the reader's zone, if the notice is about one.
        before: the time it had before it was moved, if the notice says that.
        note: a further sentence; may be empty.
        path: the path of the page to open; empty if there is none.
    """

    kind: NotificationKind
    heading: str
    subject: str
    name: str
    when: LocalTime | None
    starts_at: datetime | None
    before: LocalTime | None
    note: str
    path: str

    @property
    def url(self) -> str:
        """Return the full URL of the page to open; empty if there is none."""
        return f"{settings.PUBLIC_URL}{self.path}" if self.path else ""


def content_of(due: DueNotice, *, name: str | None = None) -> NoticeContent:
    """Return the content of a notice in the active language and the reader's zone.

    Args:
        due: the notice.
        name: the name of the group, for pages behind the sign-in. By default it is what the
            reader's preferences allow in messages.
    """
    notice, session, kind = due.notice, due.notice.occurrence, kind_of(due.notice)
    texts = kind.texts_for(notice) or kind.texts
    shown_name = name_for(due) if name is None else name
    when = local_time(session.starts_at, notice.person.tz) if session else None
    return NoticeContent(
        kind=kind,
        heading=str(texts.heading),
        subject=_subject(str(texts.subject), when, shown_name),
        name=shown_name,
        when=when,
        starts_at=session.starts_at if session else None,
        before=_previous_time(due, kind),
        note=kind.note(notice, due.moved_from),
        path=kind.page(notice),
    )


def name_for(due: DueNotice) -> str:
    """Return the name of the group that a message may hold; empty unless the reader chose one."""
    match due.preferences.detail:
        case Preferences.Detail.OWN_NAME:
            return due.own_name
        case Preferences.Detail.NAME:
            return group_name(due)
        case _:
            return ""


def group_name(due: DueNotice) -> str:
    """Return the name of the group that a notice is about."""
    group = due.notice.occurrence.group if due.notice.occurrence else due.notice.group
    return group.name if group else ""


def _subject(subject: str, when: LocalTime | None, name: str) -> str:
    if when is None:
        return f"{subject} ({name})" if name else subject
    values = {"weekday": when.weekday, "clock": when.clock, "place": when.place}
    what = _("%(weekday)s %(clock)s (%(place)s)") % values
    if name:
        what = _("%(name)s, %(when)s") % {"name": name, "when": what}
    return subject % {"what": what}


def _previous_time(due: DueNotice, kind: NotificationKind) -> LocalTime | None:
    """Return the time before the last move, if the kind shows it and it was another time."""
    session, before = due.notice.occurrence, due.moved_from
    if session is None or before is None or not kind.shows_previous_time:
        return None
    return local_time(before, due.notice.person.tz) if before != session.starts_at else None
