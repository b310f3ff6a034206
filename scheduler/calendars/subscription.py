"""What one calendar address shows: its owner's sessions, in words that tell nobody anything."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from scheduler.calendars.event import Phrases, SessionEvent, derive_uid, render
from scheduler.calendars.feed import Body, Cover, assemble
from scheduler.models import Feed, Group, Occurrence, Seat

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAST_SHOWN: Final = timedelta(days=30)
FUTURE_SHOWN: Final = timedelta(days=180)


def subscription_body(feed: Feed, *, now: datetime) -> Body:
    """Return the calendar of an address, from 30 days back to 180 ahead, in its owner's language."""
    with translation.override(feed.person.language):
        phrases = Phrases(cancelled=_("Cancelled: "), sign_in=_("Sign in to join"))
        events = [render(_event(feed, row), phrases) for row in _occurrences(feed, now)]
        revised = _last_revision(feed, now)
        return assemble(
            Cover(uid=_uid(feed, "calendar"), name=_("My sessions"), revised_at=revised), events
        )


def _occurrences(feed: Feed, now: datetime) -> QuerySet[Occurrence]:
    """Keep the sessions of her groups, without those she said no to. Days, not hours, bound them."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    declined = Seat.objects.filter(membership__person=feed.person, state=Seat.State.DECLINED)
    return (
        Occurrence.objects.filter(
            group__in=Group.objects.mine(feed.person),
            starts_at__gte=today - PAST_SHOWN,
            starts_at__lt=today + FUTURE_SHOWN,
        )
        .exclude(pk__in=declined.values("occurrence"))
        .order_by("starts_at", "pk")
    )


def _last_revision(feed: Feed, now: datetime) -> datetime:
    latest = _occurrences(feed, now).order_by("-revised_at").first()
    return latest.revised_at if latest else feed.created_at


def _event(feed: Feed, occurrence: Occurrence) -> SessionEvent:
    return SessionEvent(
        uid=_uid(feed, occurrence.key),
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        summary=_("Session"),
        created_at=occurrence.created_at,
        revised_at=occurrence.revised_at,
        sequence=occurrence.sequence,
        cancelled=occurrence.is_cancelled,
        url=f"{settings.PUBLIC_URL}{occurrence.get_absolute_url()}",
    )


def _uid(feed: Feed, key: str) -> str:
    return derive_uid(bytes.fromhex(feed.uid_key), key)
