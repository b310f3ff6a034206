"""Whether a calendar has changed, found out without loading a single one of its sessions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Max, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from scheduler import zones
from scheduler.calendars.event import Phrases
from scheduler.calendars.feed import PRODUCT
from scheduler.calendars.prepared import BLANKS, Statement, as_moment, prepare
from scheduler.models import Feed, Group, Membership, Occurrence, Seat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import QuerySet

PAST_SHOWN: Final = timedelta(days=30)
FUTURE_SHOWN: Final = timedelta(days=180)


class Span(NamedTuple):
    """From when to when sessions are shown; ``moved_at`` is when its beginning last moved."""

    since: datetime
    until: datetime
    moved_at: datetime


class Title(NamedTuple):
    """What sessions of one group are called, and when they were last called otherwise.

    Attributes:
        told_at: that moment as the database's driver told it.
    """

    text: str
    told_at: datetime | str | None

    @property
    def changed_at(self) -> datetime | None:
        """Return that moment."""
        return as_moment(self.told_at) if self.told_at else None


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that a calendar says in its own language."""

    phrases: Phrases
    session: str
    details: str
    name: str
    ended: str


@dataclass(frozen=True, slots=True)
class Look:
    """What one query tells of a calendar.

    Attributes:
        stamp: the same as long as nothing in the calendar changes.
        titles: by the number of the group; groups without a session in the span are not in it.
    """

    stamp: str
    span: Span
    words: Words
    titles: Mapping[int, Title]


def look_at(feed: Feed, *, now: datetime) -> Look:
    """Ask for numbers that cannot stay the same when anything in the calendar changes.

    Every move, cancellation and restoration raises a ``sequence``; a new session has a higher
    number than all others; one that is taken away, or too old, changes the count. A feed must
    come from ``with_refusals``: what its owner said no to is counted there.
    """
    span, words = span_of(feed, now), words_of(feed.language)
    rows = statement(_numbers, feed).rows(facts_of(feed, span))
    facts = (
        *(feed.profile, feed.level, feed.refused, feed.refused_at),
        *(zones.TZ_VERSION, settings.PUBLIC_URL, PRODUCT),
        *(span, words, rows),
    )
    stamp = hashlib.sha256(repr(facts).encode()).hexdigest()
    titles = {row[0]: _title(feed, words, *row[1:5]) for row in rows}
    return Look(stamp, span, words, titles)


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


def facts_of(feed: Feed, span: Span) -> dict[str, object]:
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
    """Return for each group its names, and the numbers by which its sessions are compared."""
    names = ["group", "group__name", "group__renamed_at"]
    own = (
        []
        if feed.is_public
        else ["group__memberships__own_name", "group__memberships__own_named_at"]
    )
    numbers: dict[str, Any] = {
        "count": Count("pk"),
        "newest": Max("pk"),
        "revised": Max("revised_at"),
        "revisions": Sum("sequence"),
    }
    if feed.profile == Feed.Profile.SERIES:
        numbers |= {
            "ended": Count("series__ended_at"),
            "last_ended": Max("series__ended_at"),
            "filled": Max("series__filled_until"),
            "rules": Max(F("series__rule")),
        }
    rows = shown(feed, span).order_by("group").values_list(*names, *own)
    return rows.annotate(**numbers)


def _title(
    feed: Feed, words: Words, name: str, renamed_at: datetime | str | None, *rest: Any
) -> Title:
    if feed.level == Feed.Level.NAME:
        return Title(name, renamed_at)
    if feed.level == Feed.Level.OWN:
        own_name, own_named_at = rest
        return Title(own_name or words.session, own_named_at)
    return Title(words.session, None)
