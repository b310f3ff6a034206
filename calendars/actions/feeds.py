"""Make a calendar address, exchange its secret, take it back, and note what it showed."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeVar

from django.db import transaction

from calendars.models import Feed
from scheduler.models import Group, Organisation

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accounts.models import Person

TOKEN_BYTES: Final = 32


class Rendered(Protocol):
    """Bytes that know their own hash."""

    @property
    def etag(self) -> str:
        """Return the hash, quoted."""


_Body = TypeVar("_Body", bound=Rendered)


class NewFeed(NamedTuple):
    """A fresh address. ``token`` is known here once and never again."""

    feed: Feed
    token: str


@transaction.atomic
def make_feed(
    *,
    person: Person,
    label: str,
    group: Group | None = None,
    language: str = "",
    profile: str = Feed.Profile.FLAT,
    level: int = Feed.Level.NEUTRAL,
    now: datetime,
) -> NewFeed:
    """Make an address for one device or calendar, of one of her groups or of all.

    Raises:
        Group.DoesNotExist: she does not belong to the group.
    """
    if group:
        Group.objects.joined_by(person).get(pk=group.pk)
    return _issue(
        person=person,
        label=label,
        group=group,
        language=language or person.language,
        profile=profile,
        level=level,
        created_at=now,
    )


@transaction.atomic
def rotate_feed(*, feed: Feed, now: datetime) -> NewFeed:
    """Give an address a new secret. Its sessions keep their names: no calendar shows them twice."""
    revoke_feed(feed=feed, now=now)
    return _issue(
        person=feed.person,
        label=feed.label,
        group=feed.group,
        language=feed.language,
        profile=feed.profile,
        level=feed.level,
        uid_key=feed.uid_key,
        created_at=now,
    )


def _issue(**facts: Any) -> NewFeed:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return NewFeed(Feed.objects.create(token_hash=hash_token(token), **facts), token)


def hash_token(token: str) -> str:
    """Return what the table keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def revoke_feed(*, feed: Feed, now: datetime) -> None:
    """Let an address show nothing more; a second call changes nothing."""
    Feed.objects.in_use().filter(pk=feed.pk).update(revoked_at=now)


def revoke_all(*, person: Person, now: datetime) -> None:
    """Let none of her addresses show anything more."""
    Feed.objects.in_use().filter(person=person).update(revoked_at=now)


def revoke_on_signal(*, person: Person, now: datetime, **_signal: object) -> None:
    """Receive ``credentials_changed`` or ``membership_ended``: end every feed of a person."""
    revoke_all(person=person, now=now)


def erase_person(*, person: Person, now: datetime, **_signal: object) -> None:
    """Receive ``account_closed``: end every feed and keep neither its label nor its group.

    The row stays, so that the address can say for 30 days that the calendar has ended.
    """
    revoke_all(person=person, now=now)
    Feed.objects.filter(person=person).update(label="", group=None)


def publish(
    *,
    group: Group | None = None,
    organisation: Organisation | None = None,
    language: str,
    now: datetime,
) -> None:
    """Let anyone read the sessions of a listed group, or of an organisation in one language.

    The address has no secret: whoever knows the page knows the calendar.
    """
    name = f"g/{group.key}" if group else f"o/{organisation.key}/{language}" if organisation else ""
    Feed.objects.get_or_create(
        token_hash=hash_token(name),
        defaults={
            "group": group,
            "organisation": organisation,
            "language": language,
            "level": Feed.Level.NAME,
            "created_at": now,
        },
    )


def note_fetch(*, feed: Feed, client: str, now: datetime) -> None:
    """Remember the day of the last fetch and the family of the program, and no finer than that."""
    if (feed.last_fetched_on, feed.client) != (now.date(), client):
        Feed.objects.filter(pk=feed.pk).update(last_fetched_on=now.date(), client=client)


@transaction.atomic
def note_rendering(
    *, feed: Feed, stamp: str, render: Callable[[datetime], _Body], now: datetime
) -> tuple[_Body, datetime]:
    """Remember what came of which facts; return it with the moment since when it is so.

    ``render`` is given that moment, because the calendar itself says it. It rises by whole
    seconds whenever the bytes change, whatever the reason: also a session that has become too
    old, or one taken away, which no row's own revision tells.
    """
    locked = Feed.objects.select_for_update(of=("self",)).get(pk=feed.pk)
    changed_at = locked.changed_at or locked.created_at.replace(microsecond=0)
    body = render(changed_at)
    if body.etag != locked.etag and locked.etag:
        changed_at = max(now.replace(microsecond=0), changed_at + timedelta(seconds=1))
        body = render(changed_at)
    Feed.objects.filter(pk=feed.pk).update(stamp=stamp, etag=body.etag, changed_at=changed_at)
    return body, changed_at
