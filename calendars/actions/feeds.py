"""Create, renew, revoke and publish feeds, and record what each poll got."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeVar

from django.db import transaction

from calendars.models import Feed
from scheduler.models import Group, GroupLanguage

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accounts.models import Person
    from scheduler.models import Organisation

TOKEN_BYTES: Final = 32


class Rendered(Protocol):
    """A rendered calendar."""

    @property
    def etag(self) -> str:
        """Return the quoted hash of the bytes."""


_Body = TypeVar("_Body", bound=Rendered)


class CreatedFeed(NamedTuple):
    """A new feed and its secret. Only the hash is stored: the token cannot be shown again."""

    feed: Feed
    token: str


@transaction.atomic
def create_feed(
    *,
    person: Person,
    label: str,
    group: Group | None = None,
    language: str = "",
    profile: str = Feed.Profile.FLAT,
    level: int = Feed.Level.NEUTRAL,
    now: datetime,
) -> CreatedFeed:
    """Insert a feed of one of a person's groups, or of all of them when ``group`` is None.

    Raises:
        Group.DoesNotExist: the person does not belong to the group.
    """
    if group:
        Group.objects.joined_by(person).get(pk=group.pk)
    return _create(
        person=person,
        label=label,
        group=group,
        language=language or person.language,
        profile=profile,
        level=level,
        created_at=now,
    )


@transaction.atomic
def rotate_feed(*, feed: Feed, now: datetime) -> CreatedFeed:
    """Replace a feed by one with a new secret and the same UIDs: no event appears twice."""
    revoke_feed(feed=feed, now=now)
    return _create(
        person=feed.person,
        label=feed.label,
        group=feed.group,
        language=feed.language,
        profile=feed.profile,
        level=feed.level,
        uid_key=feed.uid_key,
        created_at=now,
    )


def _create(**fields: Any) -> CreatedFeed:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return CreatedFeed(Feed.objects.create(token_hash=hash_token(token), **fields), token)


def hash_token(token: str) -> str:
    """Return the SHA-256 of a token in hex, which is what the table stores."""
    return hashlib.sha256(token.encode()).hexdigest()


def revoke_feed(*, feed: Feed, now: datetime) -> None:
    """End a feed; a second call changes nothing."""
    Feed.objects.in_use().filter(pk=feed.pk).update(revoked_at=now)


def revoke_all(*, person: Person, now: datetime) -> None:
    """End every feed of a person."""
    Feed.objects.in_use().filter(person=person).update(revoked_at=now)


def revoke_on_signal(*, person: Person, now: datetime, **_signal: object) -> None:
    """Receive ``credentials_changed`` or ``membership_ended``: end every feed of a person."""
    revoke_all(person=person, now=now)


def erase_person(*, person: Person, now: datetime, **_signal: object) -> None:
    """Receive ``account_closed``: end every feed and remove its label and its group.

    The row stays, so that the feed can say for 30 days that it has ended.
    """
    revoke_all(person=person, now=now)
    Feed.objects.filter(person=person).update(label="", group=None)


def get_or_publish_feed(*, token: str, now: datetime) -> Feed | None:
    """Return the feed of a token with its group, or None; one query if it exists.

    A public feed has no secret: its token is ``g/<group key>`` or
    ``o/<organisation key>/<language>``. Its row is inserted when it is first requested, because
    ``Last-Modified`` must not fall and so has to be stored; a listed group that nobody subscribes
    to needs none.
    """
    feeds = Feed.objects.select_related("group")
    token_hash = hash_token(token)
    feed = feeds.filter(token_hash=token_hash).first()
    if feed is None and (scope := _public_scope(token)):
        defaults = scope | {"level": Feed.Level.NAME, "created_at": now}
        Feed.objects.get_or_create(token_hash=token_hash, defaults=defaults)
        feed = feeds.get(token_hash=token_hash)
    return feed


def _public_scope(token: str) -> dict[str, Group | Organisation | str]:
    """Return the fields of a public feed; empty if the token names nothing that is listed."""
    match token.split("/"):
        case ["g", key]:
            if group := Group.objects.listed().filter(key=key).first():
                language = min((row.language for row in group.spoken.all()), default="en")
                return {"group": group, "language": language}
        case ["o", key, language]:
            listed = GroupLanguage.objects.filter(
                language=language,
                group__organisation__key=key,
                group__is_listed=True,
                group__closed_at=None,
            )
            if first := listed.select_related("group__organisation").first():
                return {"organisation": first.group.organisation, "language": language}
    return {}


def record_fetch(*, feed: Feed, client: str, now: datetime) -> None:
    """Store the day of the last fetch and the family of the program, and nothing finer."""
    if (feed.last_fetched_on, feed.client) != (now.date(), client):
        Feed.objects.filter(pk=feed.pk).update(last_fetched_on=now.date(), client=client)


@transaction.atomic
def record_rendering(
    *, feed: Feed, content_fingerprint: str, render: Callable[[datetime], _Body], now: datetime
) -> tuple[_Body, datetime]:
    """Render a feed under its row's lock, store the result's hash, and return both.

    ``render`` gets the moment since when the bytes are as they are, because the calendar states
    it (RFC 7986, 5.4). That moment rises by at least one second whenever the bytes change, also
    when a session has left the window, which is no revision of any row.
    """
    locked = Feed.objects.select_for_update(of=("self",)).get(pk=feed.pk)
    changed_at = locked.changed_at or locked.created_at.replace(microsecond=0)
    body = render(changed_at)
    if body.etag != locked.etag and locked.etag:
        changed_at = max(now.replace(microsecond=0), changed_at + timedelta(seconds=1))
        body = render(changed_at)
    Feed.objects.filter(pk=feed.pk).update(
        content_fingerprint=content_fingerprint, etag=body.etag, changed_at=changed_at
    )
    return body, changed_at
