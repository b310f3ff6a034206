"""Whether a feed has changed since it was rendered, decided by one aggregate query.

No session is loaded. The query counts the sessions of each group and reads the group's last
revision; their hash is the feed's content fingerprint.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.conf import settings
from django.db.models import BigIntegerField, CharField, Count, DateTimeField, Max
from django.utils import translation
from django.utils.translation import gettext as _

from calendars.ical.document import PRODUCT_ID
from calendars.ical.event import Phrases
from calendars.models import Feed
from calendars.rendering import compiled_query
from civiltime import zones
from scheduler.models import Group, Membership, Occurrence, Seat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import Field, QuerySet

PAST_SHOWN: Final = timedelta(days=30)
FUTURE_SHOWN: Final = timedelta(days=180)

GROUP_FIELDS: Final = (
    "group__revised_at",
    "group__organisation__name",
    "group__name",
    "group__renamed_at",
)
MEMBERSHIP_FIELDS: Final = tuple(
    f"group__memberships__{name}"
    for name in ("own_name", "own_named_at", "decline_count", "declined_at")
)


SCOPE_FIELDS: Final[Mapping[str, Field[Any, Any]]] = {
    "person": BigIntegerField(),
    "group": BigIntegerField(),
    "organisation": BigIntegerField(),
    "language": CharField(),
    "since": DateTimeField(),
    "until": DateTimeField(),
}
"""What a feed's queries are about; ``scope_of`` returns the values."""


class FeedWindow(NamedTuple):
    """The period of which sessions are shown, in UTC.

    Attributes:
        since: inclusive, midnight UTC.
        until: exclusive, midnight UTC; the series profile has no end of its own.
        moved_at: when ``since`` last changed.
    """

    since: datetime
    until: datetime
    moved_at: datetime


class GroupTitle(NamedTuple):
    """What a feed calls the sessions of one group.

    Attributes:
        text: the title of each session.
        renamed_at: when ``text`` last changed; None if it never did.
        decline_count: how often the reader declined a session of the group or took that back.
        declined_at: when they last did.
    """

    text: str
    renamed_at: datetime | None
    decline_count: int = 0
    declined_at: datetime | None = None

    @property
    def revisions(self) -> list[datetime]:
        """Return the moments at which something changed that a repeating event shows."""
        return [moment for moment in (self.renamed_at, self.declined_at) if moment]

    def revised(self, revised_at: datetime) -> datetime:
        """Return the later one of a session's own revision and the title's."""
        return max(revised_at, self.renamed_at) if self.renamed_at else revised_at


@dataclass(frozen=True, slots=True)
class FeedTexts:
    """Every text of a feed that is translated.

    Attributes:
        session: the neutral title of a session.
        details: the description of a session.
        name: the name of a personal feed.
        ended: the title of the one event of an ended feed.
    """

    phrases: Phrases
    session: str
    details: str
    name: str
    ended: str


@dataclass(frozen=True, slots=True)
class FeedSummary:
    """What one query says about a feed.

    Attributes:
        content_fingerprint: SHA-256 in hex; differs whenever the content differs.
        titles: by primary key of the group; only groups with a session in the window.
    """

    content_fingerprint: str
    window: FeedWindow
    texts: FeedTexts
    titles: Mapping[int, GroupTitle]


def summarise_feed(feed: Feed, *, now: datetime) -> FeedSummary:
    """Return the fingerprint of a feed and what is needed to render it, with one query.

    The fingerprint cannot stay the same when the content changes: a change of a group has a
    later revision than all changes before it, a new session has the highest primary key, and a
    session that leaves the window changes the count.
    """
    window, texts = window_of(feed, now), texts_of(feed.language)
    rows = feed_rows(_counts_by_group, feed, window)
    facts = (
        *(feed.profile, feed.level),
        *(zones.TZ_VERSION, settings.PUBLIC_URL, PRODUCT_ID),
        *(window, texts, rows),
    )
    fingerprint = hashlib.sha256(repr(facts).encode()).hexdigest()
    titles = {group: _title(feed, texts, *fields) for group, _count, _newest, *fields in rows}
    return FeedSummary(fingerprint, window, texts, titles)


def window_of(feed: Feed, now: datetime) -> FeedWindow:
    """Return the period that a feed shows: 30 days back, 180 ahead, in whole days of UTC.

    The series profile begins with the first of a month, because each move of the beginning is a
    revision of every repeating event.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - PAST_SHOWN
    if feed.profile == Feed.Profile.SERIES:
        since = since.replace(day=1)
    return FeedWindow(since, today + FUTURE_SHOWN, since + PAST_SHOWN)


@cache
def texts_of(language: str) -> FeedTexts:
    """Return the texts of a feed in a language (ISO 639-1 code)."""
    with translation.override(language):
        return FeedTexts(
            Phrases(cancelled=_("Cancelled: "), sign_in=_("Sign in to join")),
            session=_("Session"),
            details=_("Details and joining are on your page, after sign-in:"),
            name=_("My sessions"),
            ended=_("This calendar subscription has ended"),
        )


def calendar_name(feed: Feed) -> str:
    """Return the name of a feed; only a public one names its group or organisation."""
    public = feed.organisation or feed.group if feed.is_public else None
    return public.name if public else texts_of(feed.language).name


def feed_rows(
    build: Callable[[Mapping[str, Any]], QuerySet[Any, Any]], feed: Feed, window: FeedWindow
) -> list[tuple[Any, ...]]:
    """Return the rows of a ``values_list`` QuerySet that is built from a feed's scope."""
    scope = scope_of(feed, window)
    variant = tuple(value is None for value in scope.values())
    return compiled_query.rows(build, scope, fields=SCOPE_FIELDS, variant=variant)


def scope_of(feed: Feed, window: FeedWindow) -> Mapping[str, Any]:
    """Return what decides which sessions a feed shows; None where it does not matter.

    The series profile has no end: a repeating event needs all its sessions.
    """
    return {
        "person": feed.person_id,
        "group": feed.group_id,
        "organisation": feed.organisation_id,
        "language": feed.language if feed.organisation_id else None,
        "since": window.since,
        "until": window.until if feed.profile == Feed.Profile.FLAT else None,
    }


def shown_sessions(scope: Mapping[str, Any]) -> QuerySet[Occurrence]:
    """Return the sessions that a feed of this scope shows, unordered.

    A personal feed leaves out groups that the person does not belong to any more and sessions
    that they declined; a public one has the sessions of its listed groups.
    """
    sessions = Occurrence.objects.filter(starts_at__gte=scope["since"], group__closed_at=None)
    if scope["until"] is not None:
        sessions = sessions.filter(starts_at__lt=scope["until"])
    if scope["person"] is None:
        return sessions.filter(group__in=_listed_groups(scope))
    if scope["group"] is not None:
        sessions = sessions.filter(group=scope["group"])
    declined = Seat.objects.filter(membership__person=scope["person"], state=Seat.State.DECLINED)
    return sessions.filter(
        group__memberships__person=scope["person"],
        group__memberships__state=Membership.State.ACTIVE,
    ).exclude(pk__in=declined.values("occurrence"))


def _listed_groups(scope: Mapping[str, Any]) -> QuerySet[Group]:
    listed = Group.objects.listed()
    if scope["group"] is not None:
        return listed.filter(pk=scope["group"])
    return listed.in_language(scope["language"]).filter(organisation=scope["organisation"])


def _counts_by_group(scope: Mapping[str, Any]) -> QuerySet[Occurrence, tuple[Any, ...]]:
    """Return, by group: its key, how many sessions, the highest key, and the titles' fields."""
    sessions = shown_sessions(scope).order_by("group").values("group")
    counts = sessions.annotate(count=Count("pk"), newest=Max("pk"))
    membership = () if scope["person"] is None else MEMBERSHIP_FIELDS
    return counts.values_list("group", "count", "newest", *GROUP_FIELDS, *membership)


def _title(feed: Feed, texts: FeedTexts, *fields: Any) -> GroupTitle:
    _revised_at, _organisation, name, renamed_at, *membership = fields
    own_name, own_named_at, *declined = membership or ("", None, 0, None)
    if feed.level == Feed.Level.NAME:
        return GroupTitle(name, renamed_at, *declined)
    if feed.level == Feed.Level.OWN:
        return GroupTitle(own_name or texts.session, own_named_at, *declined)
    return GroupTitle(texts.session, None, *declined)
