"""Whether a calendar has changed, found out without loading a single one of its sessions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.conf import settings
from django.db.models import Count, F, Max, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from scheduler import zones
from scheduler.calendars.event import Phrases
from scheduler.calendars.feed import PRODUCT
from scheduler.models import Feed, Group, Membership, Occurrence, Seat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

PAST_SHOWN: Final = timedelta(days=30)
FUTURE_SHOWN: Final = timedelta(days=180)


class Span(NamedTuple):
    """From when to when sessions are shown; ``moved_at`` is when its beginning last moved."""

    since: datetime
    until: datetime
    moved_at: datetime


class Title(NamedTuple):
    """What sessions of one group are called, and when they were last called otherwise."""

    text: str
    changed_at: datetime | None


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
    span, words = span_of(feed, now), words_of(feed)
    rows = list(_numbers(feed, span))
    facts = (
        *(feed.profile, feed.level, feed.refused, feed.refused_at),
        *(zones.TZ_VERSION, settings.PUBLIC_URL, PRODUCT),
        *(span, words, rows),
    )
    stamp = hashlib.sha256(repr(facts).encode()).hexdigest()
    titles = {row[0]: _title(feed, words, *row[1:5]) for row in rows}
    return Look(stamp, span, words, titles)


def span_of(feed: Feed, now: datetime) -> Span:
    """Return from when to when a calendar shows sessions, in days and not in hours.

    A repeating event must not begin anew each day, so its span begins with a month.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - PAST_SHOWN
    if feed.profile == Feed.Profile.SERIES:
        since = since.replace(day=1)
    return Span(since, today + FUTURE_SHOWN, since + PAST_SHOWN)


def words_of(feed: Feed) -> Words:
    """Return a calendar's words in its language."""
    with translation.override(feed.language):
        return Words(
            Phrases(cancelled=_("Cancelled: "), sign_in=_("Sign in to join")),
            session=_("Session"),
            details=_("Details and joining are on your page, after sign-in:"),
            name=_public_name(feed) or _("My sessions"),
            ended=_("This calendar subscription has ended"),
        )


def _public_name(feed: Feed) -> str:
    if not feed.is_public:
        return ""
    if feed.organisation:
        return feed.organisation.name
    return feed.group.name if feed.group else ""


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
    return Group.objects.listed().in_language(feed.language).filter(organisation=feed.organisation)


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


def _title(feed: Feed, words: Words, name: str, renamed_at: datetime | None, *rest: Any) -> Title:
    if feed.level == Feed.Level.NAME:
        return Title(name, renamed_at)
    if feed.level == Feed.Level.OWN:
        own_name, own_named_at = rest
        return Title(own_name or words.session, own_named_at)
    return Title(words.session, None)
