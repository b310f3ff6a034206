"""Calendars themselves, for programs that bring no cookie and know no language."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.rate_limit import RateLimit
from accounts.views.access import person_of
from calendars.actions import feeds
from calendars.client_family import client_family
from calendars.ical.event import derive_uid
from calendars.models import Feed
from calendars.rendering.change_detection import feed_state
from calendars.rendering.prepared_statements import BLANKS, Statement, prepare
from calendars.rendering.session_rows import uid_key
from calendars.rendering.single_session import single_session
from calendars.rendering.subscription import farewell_body, subscription_body
from calendars.views.http import conditional, filled, refused
from scheduler.models import Group, GroupLanguage, Occurrence

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

PACE: Final = RateLimit("calendars", calls=30, per=timedelta(minutes=10))
LINKS_REMEMBERED: Final = timedelta(days=366)


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Serve a calendar to whoever knows its address.

    An unknown address, a malformed one and one that ended long ago cost the same: one look-up.
    """
    now, token_hash = timezone.now(), feeds.hash_token(token)
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        return refused(403, "Use https: over http everybody on the way reads this address.")
    if seconds := PACE.wait(token_hash, now):
        answer = refused(429, "Too often. Ask every few hours.")
        answer.headers["Retry-After"] = str(seconds)
        return answer
    feed = _feed(token_hash) or _published(token, token_hash, now)
    if feed is None or feed.is_hidden:
        return refused(404, "There is no such calendar.")
    if feed.is_gone(now):
        return refused(410, "This calendar has ended.")
    return _live(request, feed, now) if feed.revoked_at is None else _ended(request, feed, now)


def _live(request: HttpRequest, feed: Feed, now: datetime) -> HttpResponse:
    """Compare before rendering: most programs have what there is."""
    client = client_family(request.headers.get("User-Agent", ""))
    feeds.note_fetch(feed=feed, client=client, now=now)
    state = feed_state(feed, now=now)
    if feed.stamp == state.stamp and feed.changed_at:
        answer = conditional(request, etag=feed.etag, changed_at=feed.changed_at, now=now)
        if answer.status_code != HttpResponse.status_code:
            return answer
    body, changed_at = subscription_body(feed, state, now=now)
    answer = conditional(request, etag=body.etag, changed_at=changed_at, now=now)
    return (
        filled(request, answer, body) if answer.status_code == HttpResponse.status_code else answer
    )


def _ended(request: HttpRequest, feed: Feed, now: datetime) -> HttpResponse:
    """Say for 30 days that a subscription has ended."""
    revoked_at = feed.revoked_at or now
    body = farewell_body(feed, revoked_at=revoked_at)
    answer = conditional(request, etag=body.etag, changed_at=revoked_at, now=now)
    return (
        filled(request, answer, body) if answer.status_code == HttpResponse.status_code else answer
    )


def _feed(token_hash: str) -> Feed | None:
    asked = _address()
    found = Feed.objects.raw(asked.sql, asked.filled({"token_hash": token_hash}))
    return next(iter(found), None)


@cache
def _address() -> Statement:
    rows = Feed.objects.with_hidden()
    return prepare(rows.filter(token_hash=BLANKS["token_hash"]))


def _published(token: str, token_hash: str, now: datetime) -> Feed | None:
    """Return the public calendar of a name that is asked for the first time."""
    kind, _slash, name = token.partition("/")
    key, _slash, language = name.partition("/")
    if kind == "g" and (group := Group.objects.listed().filter(key=key).first()):
        spoken = min((row.language for row in group.spoken.all()), default="en")
        feeds.publish(group=group, language=spoken, now=now)
    elif kind == "o" and (
        spoken_here := GroupLanguage.objects.filter(
            language=language,
            group__organisation__key=key,
            group__is_listed=True,
            group__closed_at=None,
        )
        .select_related("group__organisation")
        .first()
    ):
        organisation = spoken_here.group.organisation
        feeds.publish(organisation=organisation, language=language, now=now)
    else:
        return None
    return _feed(token_hash)


@require_safe
def session_file(request: HttpRequest, key: str) -> HttpResponse:
    """Give one session as a file, for “add to calendar”."""
    occurrence = get_object_or_404(
        Occurrence.objects.visible_to(request.user).select_related("group"), key=key
    )
    groups = Group.objects.joined_by(request.user).filter(pk=occurrence.group_id)
    member = person_of(request) if groups.exists() else None
    if member is None and not occurrence.group.is_listed:
        raise Http404
    body = single_session(occurrence, member=member, language=get_language() or "en")
    answer = HttpResponse(b"".join(body), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="session.ics"'
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@login_required
@require_safe
def go(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Lead from an event in a person's own calendar to its session's door."""
    person = person_of(request)
    since = timezone.now() - LINKS_REMEMBERED
    hers = Occurrence.objects.filter(
        group__in=Group.objects.joined_by(person), starts_at__gte=since
    )
    key = uid_key(person)
    for occurrence in hers.only("key").iterator():
        if derive_uid(key, occurrence.key) == str(uid):
            return redirect(occurrence)
    raise Http404
