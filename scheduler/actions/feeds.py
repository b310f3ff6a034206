"""Make a secret calendar address, and take it back."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import transaction

from scheduler.models import Feed, Person

if TYPE_CHECKING:
    from datetime import datetime

TOKEN_BYTES: Final = 32


class NewFeed(NamedTuple):
    """A fresh address. ``token`` is known here once and never again."""

    feed: Feed
    token: str


@transaction.atomic
def make_feed(*, person: Person, label: str, now: datetime) -> NewFeed:
    """Make an address for one device or calendar."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = Feed.objects.create(
        person=person, label=label, token_hash=hash_token(token), created_at=now
    )
    return NewFeed(feed, token)


def hash_token(token: str) -> str:
    """Return what the table keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def revoke_feed(*, feed: Feed, now: datetime) -> None:
    """Let an address show nothing more; a second call changes nothing."""
    Feed.objects.in_use().filter(pk=feed.pk).update(revoked_at=now)


def note_fetch(*, feed: Feed, now: datetime) -> None:
    """Remember the day of the last fetch, and no finer than that."""
    if feed.last_fetched_on != now.date():
        Feed.objects.filter(pk=feed.pk).update(last_fetched_on=now.date())
