"""Whether a calendar has changed, found out without loading a single one of its sessions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max
from django.utils import translation
from django.utils.translation import gettext as _

from calendars.ical.document import PRODUCT
from calendars.ical.event import Phrases
from calendars.models import Feed
from calendars.rendering.prepared_statements import BLANKS, Statement, as_moment, prepare
from civiltime import zones
from scheduler.models import Group, Membership, Occurrence, Seat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import QuerySet

PAST_SHOWN: Final = timedelta(days=30)
FUTURE_SHOWN: Final = timedelta(days=180)
OWN: Final = tuple(
    f"group__memberships__{name}"
    for name in ("own_name", "own_named_at", "decline_count", "declined_at")
)


class Span(NamedTuple):
    """From when to when sessions are shown; ``moved_at`` is when its beginning last moved."""

    since: datetime
    until: datetime
    moved_at: datetime


class Title(NamedTuple):
    """What a reader's calendar says of one group besides its sessions, and since when.

    Attributes:
        text: what its sessions are called.
        named_at: when they were last called otherwise, as the database's driver told it.
        decline_count: how often the reader said “not this time”, or took it back.
        declined_at: when she last did, as the driver told it.
    """

    text: str
    named_at: datetime | str | None
    decline_count: int = 0
    declined_at: datetime | str | None = None

    @property
    def moments(self) -> list[datetime]:
        """Return when something here last changed that repeating events show."""
        return [as_moment(raw) for raw in (self.named_at, self.declined_at) if raw]

    def revised(self, revised_at: datetime) -> datetime:
        """Return the revision of one session: its own, or the name's if that is newer."""
        return max(revised_at, as_moment(self.named_at)) if self.named_at else revised_at


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that a calendar says in its own language."""

    phrases: Phrases
    session: str
    details: str
    name: str
    ended: str


@dataclass(frozen=True, slots=True)
class FeedState:
    """What one query tells of a calendar.

    Attributes:
        stamp: the same as long as nothing in the calendar changes.
        titles: by the number of the group; groups without a session in the span are not in it.
    """

    stamp: str
    span: Span
    words: Words
    titles: Mapping[int, Title]


def feed_state(feed: Feed, *, now: datetime) -> FeedState:
    """Ask for numbers that cannot stay the same when anything in the calendar changes.

    Whatever is changed of a group has a later revision than all that was changed before; a new
    session has a higher number than all others; one that is too old changes the count.
    """
    span, words = span_of(feed, now), words_of(feed.language)
    rows = statement(_numbers, feed).rows(parameters_of(feed, span))
    facts = (
        *(feed.profile, feed.level),
        *(zones.TZ_VERSION, settings.PUBLIC_URL, PRODUCT),
        *(span, words, rows),
    )
    stamp = hashlib.sha256(repr(facts).encode()).hexdigest()
    titles = {group: _title(feed, words, *names) for group, _number, _newest, *names in rows}
    return FeedState(stamp, span, words, titles)


def statement(ask: Callable[[Feed, Span], QuerySet[Any, Any]], feed: Feed) -> Statement:
    """Return a question about a calendar, written once for all calendars of its kind."""
    return _statement(ask, connection.vendor, feed.profile, feed.is_public, feed.group_id is None)


@cache
def _statement(
    ask: Callable[[Feed, Span], QuerySet[Any, Any]],
    _vendor: str,
    profile: str,
    is_public: bool,
    is_wide: bool,
) -> Statement:
    blank = Feed(
        profile=profile,
        person_id=None if is_public else BLANKS["person"],
        group_id=None if is_wide else BLANKS["group"],
        organisation_id=BLANKS["organisation"] if is_public and is_wide else None,
        language=BLANKS["language"],
    )
    return prepare(ask(blank, Span(BLANKS["since"], BLANKS["until"], BLANKS["since"])))


def parameters_of(feed: Feed, span: Span) -> dict[str, object]:
    """Return what fills the blanks of a question about this calendar."""
    return {
        "person": feed.person_id,
        "group": feed.group_id,
        "organisation": feed.organisation_id,
        "language": feed.language,
        "since": span.since,
        "until": span.until,
    }


def span_of(feed: Feed, now: datetime) -> Span:
    """Return from when to when a calendar shows sessions, in days and not in hours.

    A repeating event must not begin anew each day, so its span begins with a month.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - PAST_SHOWN
    if feed.profile == Feed.Profile.SERIES:
        since = since.replace(day=1)
    return Span(since, today + FUTURE_SHOWN, since + PAST_SHOWN)


@cache
def words_of(language: str) -> Words:
    """Return a calendar's words in a language."""
    with translation.override(language):
        return Words(
            Phrases(cancelled=_("Cancelled: "), sign_in=_("Sign in to join")),
            session=_("Session"),
            details=_("Details and joining are on your page, after sign-in:"),
            name=_("My sessions"),
            ended=_("This calendar subscription has ended"),
        )


def name_of(feed: Feed) -> str:
    """Return what a calendar is called: only a public one says whose it is."""
    public = feed.organisation or feed.group if feed.is_public else None
    return public.name if public else words_of(feed.language).name


def shown(feed: Feed, span: Span) -> QuerySet[Occurrence]:
    """Return the sessions that a calendar shows, in no order."""
    sessions = Occurrence.objects.filter(starts_at__gte=span.since, group__closed_at=None)
    if feed.profile == Feed.Profile.FLAT:
        sessions = sessions.filter(starts_at__lt=span.until)
    if feed.is_public:
        return sessions.filter(group__in=listed_groups(feed))
    if feed.group_id:
        sessions = sessions.filter(group=feed.group_id)
    refused = Seat.objects.filter(membership__person=feed.person_id, state=Seat.State.DECLINED)
    return sessions.filter(
        group__memberships__person=feed.person_id,
        group__memberships__state=Membership.State.ACTIVE,
    ).exclude(pk__in=refused.values("occurrence"))


def listed_groups(feed: Feed) -> QuerySet[Group]:
    """Return the groups that a public calendar shows."""
    if feed.group_id:
        return Group.objects.listed().filter(pk=feed.group_id)
    return (
        Group.objects.listed().in_language(feed.language).filter(organisation=feed.organisation_id)
    )


def _numbers(feed: Feed, span: Span) -> QuerySet[Occurrence, tuple[Any, ...]]:
    """Return for each group how many sessions there are, the newest, and what else is shown."""
    sessions = shown(feed, span).order_by("group").values("group")
    numbers = sessions.annotate(count=Count("pk"), newest=Max("pk"))
    names = ["group__revised_at", "group__organisation__name", "group__name", "group__renamed_at"]
    return numbers.values_list("group", "count", "newest", *names, *([] if feed.is_public else OWN))


def _title(feed: Feed, words: Words, *facts: Any) -> Title:
    _revised_at, _organisation, name, renamed_at, *own = facts
    own_name, own_named_at, *refused = own or ("", None, 0, None)
    if feed.level == Feed.Level.NAME:
        return Title(name, renamed_at, *refused)
    if feed.level == Feed.Level.OWN:
        return Title(own_name or words.session, own_named_at, *refused)
    return Title(words.session, None, *refused)
