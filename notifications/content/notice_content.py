"""One thing that is told: what, when on the reader's clock, and where to open it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.models import Notice, Preferences
from notifications.planning.clock_changes import shift_at
from scheduler.templatetags.pages import Told, tell
from scheduler.text.schedule import shift_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    from notifications.delivery.validity import Due
    from scheduler.models import Occurrence

Kind = Notice.Kind

# What each says first, in a mail and in the inbox.
HEADINGS: Final[Mapping[str, _StrPromise]] = {
    Kind.REMINDER: gettext_lazy("You have something planned for:"),
    Kind.MOVED: gettext_lazy("This has a new time:"),
    Kind.CANCELLED: gettext_lazy("This does not take place:"),
    Kind.RESTORED: gettext_lazy("This takes place after all:"),
    Kind.SUBSTITUTE: gettext_lazy("Somebody else will be there for you this time:"),
    Kind.CLOCKS: gettext_lazy("Clocks change. From then on this is at another hour for you:"),
    Kind.OFFERED: gettext_lazy("A place is free for you:"),
    Kind.ANSWERED: gettext_lazy("There is an answer to what you asked."),
    Kind.WELCOME: gettext_lazy("You are in. Your first time is:"),
    Kind.MESSAGE: gettext_lazy("There is a message for you."),
    Kind.ASKED: gettext_lazy("Can you step in for somebody?"),
    Kind.COVERED: gettext_lazy("This is settled. Somebody steps in:"),
    Kind.UNCOVERED: gettext_lazy("Whoever stepped in cannot come after all. Please look at it:"),
    Kind.RELEASED: gettext_lazy("You need not step in any more. Thank you. It was about:"),
}
# What stands in a subject, on a locked screen, in a text message.
SUBJECTS: Final[Mapping[str, _StrPromise]] = {
    Kind.REMINDER: gettext_lazy("Reminder: %(what)s"),
    Kind.MOVED: gettext_lazy("New time: %(what)s"),
    Kind.CANCELLED: gettext_lazy("Not taking place: %(what)s"),
    Kind.RESTORED: gettext_lazy("Taking place after all: %(what)s"),
    Kind.SUBSTITUTE: gettext_lazy("Somebody else this time: %(what)s"),
    Kind.CLOCKS: gettext_lazy("Clocks change: %(what)s"),
    Kind.OFFERED: gettext_lazy("A place is free: %(what)s"),
    Kind.ANSWERED: gettext_lazy("An answer for you"),
    Kind.WELCOME: gettext_lazy("Your first time: %(what)s"),
    Kind.MESSAGE: gettext_lazy("A message for you"),
    Kind.ASKED: gettext_lazy("Can you step in? %(what)s"),
    Kind.COVERED: gettext_lazy("Somebody steps in: %(what)s"),
    Kind.UNCOVERED: gettext_lazy("Nobody steps in now: %(what)s"),
    Kind.RELEASED: gettext_lazy("You need not step in: %(what)s"),
}
HALF_A_DAY: Final = 12 * 60  # minutes
AS_USUAL: Final = gettext_lazy("As usual after all: %(what)s")


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """What is said of one notice.

    Attributes:
        name: what it is called; empty unless its reader chose that messages say it.
        when: its time, if it is about a session; ``before`` is the one it had.
        note: a sentence more, or nothing.
        path: the page to open, on this site; nothing if there is nothing to open.
    """

    kind: str
    heading: str
    subject: str
    name: str
    when: Told | None
    starts_at: datetime | None
    before: Told | None
    note: str
    path: str

    @property
    def url(self) -> str:
        """Return the full address of the page to open."""
        return f"{settings.PUBLIC_URL}{self.path}" if self.path else ""


def content_of(due: Due, *, name: str | None = None) -> NoticeContent:
    """Say one notice in the language and zone that are active, with as much as its reader chose.

    ``name`` overrules her choice: on a page that asked who she is, a group has its name.
    """
    notice, session = due.notice, due.notice.occurrence
    tz = notice.person.tz
    called = name_for(due) if name is None else name
    when = tell(session.starts_at, tz) if session else None
    return NoticeContent(
        kind=notice.kind,
        heading=_heading(due),
        subject=_subject(due, when, called),
        name=called,
        when=when,
        starts_at=session.starts_at if session else None,
        before=_before(due),
        note=_note(due),
        path=_path(due),
    )


def name_for(due: Due) -> str:
    """Return what a group may be called in a message to this reader: nothing, unless she chose."""
    match due.preferences.detail:
        case Preferences.Detail.OWN_NAME:
            return due.own_name
        case Preferences.Detail.NAME:
            return name_of_group(due)
        case _:
            return ""


def name_of_group(due: Due) -> str:
    """Return the name of the group that a notice is about."""
    group = due.notice.occurrence.group if due.notice.occurrence else due.notice.group
    return group.name if group else ""


def _is_as_usual(due: Due) -> bool:
    session = due.notice.occurrence
    return due.notice.kind == Kind.SUBSTITUTE and bool(session and session.substitute_id is None)


def _heading(due: Due) -> str:
    return _("This is as usual after all:") if _is_as_usual(due) else str(HEADINGS[due.notice.kind])


def _subject(due: Due, when: Told | None, name: str) -> str:
    subject = AS_USUAL if _is_as_usual(due) else SUBJECTS[due.notice.kind]
    if when is None:
        return f"{subject} ({name})" if name else str(subject)
    told = {"weekday": when.weekday, "clock": when.clock, "place": when.place}
    what = _("%(weekday)s %(clock)s (%(place)s)") % told
    if name:
        what = _("%(name)s, %(when)s") % {"name": name, "when": what}
    return str(subject) % {"what": what}


def _before(due: Due) -> Told | None:
    """Return when a session would have been before it was last moved, if that was another time."""
    session, before = due.notice.occurrence, due.moved_from
    if session is None or before is None or due.notice.kind != Kind.MOVED:
        return None
    return tell(before, due.notice.person.tz) if before != session.starts_at else None


def _note(due: Due) -> str:
    """Return the sentence that a kind of news needs besides its time."""
    notice = due.notice
    tz = notice.person.tz
    match notice.kind:
        case Kind.OFFERED:
            until = tell(notice.expires_at, tz)
            return _("It is kept for you until %(weekday)s %(clock)s.") % {
                "weekday": until.weekday,
                "clock": until.clock,
            }
        case Kind.WELCOME:
            return _(
                "The door opens 15 minutes before. Come as you are: listening is enough, and "
                "nobody has to be seen."
            )
        case Kind.CLOCKS if notice.occurrence:
            return _clocks(notice.occurrence, due)
        case Kind.MOVED if notice.occurrence and _before(due) is None:
            ends = tell(notice.occurrence.ends_at, tz)
            return _("It ends at %(clock)s now.") % {"clock": ends.clock}
        case _:
            return ""


def _clocks(session: Occurrence, due: Due) -> str:
    tz = due.notice.person.tz
    shift = shift_at(session, tz)
    if shift.before is None:
        return ""
    now_at, then_at = (at.astimezone(tz) for at in (session.starts_at, shift.before))
    minutes = now_at.hour * 60 + now_at.minute - then_at.hour * 60 - then_at.minute
    told = {
        "before": tell(shift.before, tz).clock,
        "shift": shift_in_words(_nearest(minutes)),
        "last": tell(shift.last, tz).date if shift.last else "",
    }
    if shift.last is None:
        return _("It was at %(before)s before: %(shift)s from now on.") % told
    return _("It is usually at %(before)s: %(shift)s, up to and including %(last)s.") % told


def _nearest(minutes: int) -> timedelta:
    """Return a difference between two times of day as the shorter way round midnight."""
    return timedelta(minutes=(minutes + HALF_A_DAY) % (2 * HALF_A_DAY) - HALF_A_DAY)


_PAGES: Final[Mapping[str, str]] = {
    Kind.OFFERED: "my_sessions",
    Kind.CLOCKS: "my_sessions",
    Kind.ANSWERED: "inbox",  # from there on; the address of the list of groups says too much
    Kind.ASKED: "covering",
    Kind.COVERED: "desk",
    Kind.UNCOVERED: "desk",
}


def _path(due: Due) -> str:
    """Return the page that a notice leads to. It asks who one is, and nothing secret stands in it."""
    notice, session = due.notice, due.notice.occurrence
    if notice.kind in {Kind.CANCELLED, Kind.RELEASED}:
        return ""
    if notice.kind in _PAGES:
        return reverse(_PAGES[notice.kind])
    if notice.group:
        return reverse("group", args=[notice.group.key])
    return reverse("door", args=[session.key]) if session else reverse("my_sessions")
