"""What defines a notification kind, and the rules that say which rows notify whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import F, Q
from django.urls import reverse

from scheduler.models import Membership

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime, timedelta

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable
    from django.utils.functional import _StrPromise

    from notifications.models import Notice, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRule:
    """Rows that give rise to notices, and the people who get one.

    Attributes:
        rows: the rows, filtered by their own columns only.
        person: the lookup path from a row to a recipient.
        recipients: conditions on the path to the recipients. They share one ``filter`` call with
            the conditions on consent, because a second call would join the path again.
        occurrence: the lookup path from a row to a session; empty if ``columns`` give it, or if
            the notice is about a group.
        columns: expressions for columns of the notice other than person, transport and due time.
        is_batched: whether the notice waits a few minutes, so that several leave as one message.
    """

    rows: QuerySet[Any]
    person: str
    recipients: Q = field(default_factory=Q)
    occurrence: str = ""
    columns: Mapping[str, Combinable] = field(default_factory=dict)
    is_batched: bool = True


class Texts(NamedTuple):
    """What a notice says.

    Attributes:
        heading: the first line of a mail and of an entry in the inbox.
        subject: the subject of a mail, and all that a locked screen or a text message shows. With
            ``%(what)s`` for the time if the notice is about a session.
    """

    heading: _StrPromise
    subject: _StrPromise


def no_note(_notice: Notice, _moved_from: datetime | None) -> str:
    """Return the note of a kind that has none."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationKind:
    """All that the planner, the dispatcher and the pages must know of one kind.

    Attributes:
        kind: the value in the ledger.
        topic: what people consent to.
        source: returns the rules, given now and the instant since which to search. None for
            reminders, which ``planning.reminders`` inserts.
        source_interval: how often ``source`` is evaluated, if not at each tick.
        texts: what it says, in the active language.
        icon: the Lucide icon of an entry in the inbox.
        action: the words on the button of an entry in the inbox; “Open” if empty.
        texts_for: returns other texts for some notices of the kind.
        note: returns a further sentence, or an empty string. Given the notice and the start
            before the last move, if there was one.
        page: returns the path of the page that a notice leads to; empty if there is none. The page
            requires sign-in, and its address holds no secret and no word about the group.
        inbox_page: the URL name to open from the inbox, if not ``page``.
        is_settled: returns a boolean expression over the ledger: whether the notice was overtaken.
        is_scheduled: it is planned for a time before a session. It may be deferred until the start,
            and in quiet hours it is dropped unless it was due before they began.
        is_digested: several for one person leave as one message; otherwise it is a message alone.
        is_about_cancellation: it is valid only while the session is cancelled, not while it stands.
        is_for_attending: it is dropped for people who declined their seat.
        is_for_members: it is dropped for people who are not active members of the group.
        needs_consent_in_inbox: even the inbox requires consent.
        is_in_calendar_files: a calendar file is attached for people who want them.
        shows_previous_time: it shows the time before the last move.
        shows_message: the inbox shows the text of the ``GroupMessage`` whose id is ``about``.
        is_over_when_expired: the inbox shows it as settled once it has expired.
    """

    kind: Notice.Kind
    topic: Topic
    source: Callable[[datetime, datetime], Iterable[NoticeRule]] | None
    source_interval: timedelta | None = None
    texts: Texts
    icon: str
    action: _StrPromise | str = ""
    texts_for: Callable[[Notice], Texts | None] = lambda _notice: None
    note: Callable[[Notice, datetime | None], str] = no_note
    page: Callable[[Notice], str]
    inbox_page: str = ""
    is_settled: Callable[[datetime], Combinable] | None = None
    is_scheduled: bool = False
    is_digested: bool = True
    is_about_cancellation: bool = False
    is_for_attending: bool = False
    is_for_members: bool = True
    needs_consent_in_inbox: bool = False
    is_in_calendar_files: bool = False
    shows_previous_time: bool = False
    shows_message: bool = False
    is_over_when_expired: bool = False


def session_page(notice: Notice) -> str:
    """Return the path of the page before the room of the notice's session."""
    session = notice.occurrence
    return reverse("join_session", args=[session.key]) if session else reverse("my_sessions")


def group_page(notice: Notice) -> str:
    """Return the path of the page of the notice's group."""
    return reverse("group", args=[notice.group.key]) if notice.group else reverse("my_groups")


def no_page(_notice: Notice) -> str:
    """Return the path of a kind that leads nowhere."""
    return ""


def page_named(name: str) -> Callable[[Notice], str]:
    """Return a function that gives the path of a page without arguments."""
    return lambda _notice: reverse(name)


def other_members(path: str, *, since: str, by: str) -> Q:
    """Match active members who had joined by the time of ``since``, except the person ``by``.

    “Another person” is written as greater or less: Django evaluates a negated condition on a
    path to many rows over all of those rows.

    Args:
        path: the lookup path from a row to memberships.
        since: the column of the row with the instant.
        by: the column of the row with the person who caused it; it may be null.
    """
    person = f"{path}__person"
    another = Q(**{by: None}) | Q(**{f"{person}__gt": F(by)}) | Q(**{f"{person}__lt": F(by)})
    return another & Q(
        **{f"{path}__state": Membership.State.ACTIVE, f"{path}__since__lte": F(since)}
    )
