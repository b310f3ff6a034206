"""Feeds as calendar programs poll them, single sessions as files, and links out of calendars."""

from __future__ import annotations

from datetime import datetime, timedelta
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
from calendars.actions.feeds import get_or_publish_feed, hash_token, record_fetch
from calendars.client_family import client_family
from calendars.ical.event import derive_uid
from calendars.rendering.change_detection import summarise_feed
from calendars.rendering.session_rows import uid_key
from calendars.rendering.single_session import single_session
from calendars.rendering.subscription import ended_feed_body, subscription_body
from calendars.views.http import CALENDAR, calendar_response, conditional_response, refusal
from scheduler.models import Group, Occurrence

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from calendars.models import Feed

POLL_LIMIT: Final = RateLimit("calendars", calls=30, per=timedelta(minutes=10))
LINK_LIFETIME: Final = timedelta(days=366)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Return the calendar of a token: 200, 304, 403 over http, 404, 410 or 429.

    An unknown, a malformed and a long ended token cost the same single query.
    """
    now = timezone.now()
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        return refusal(403, "Use https: over http everybody on the way reads this address.")
    if seconds := POLL_LIMIT.wait(hash_token(token), now):
        response = refusal(429, "Too often. Ask every few hours.")
        response.headers["Retry-After"] = str(seconds)
        return response
    row = get_or_publish_feed(token=token, now=now)
    if row is None or row.is_hidden:
        return unknown_feed(request)
    if row.is_gone(now):
        return refusal(410, "This calendar has ended.")
    if row.revoked_at:
        body = ended_feed_body(row, revoked_at=row.revoked_at)
        return calendar_response(request, body, changed_at=row.revoked_at, now=now)
    return _live_feed(request, row, now)


def unknown_feed(_request: HttpRequest) -> HttpResponse:
    """Return the 404 of a token that names no feed."""
    return refusal(404, "There is no such calendar.")


def _live_feed(request: HttpRequest, row: Feed, now: datetime) -> HttpResponse:
    """Return the calendar, rendered only if the content or the program's copy is another one."""
    record_fetch(feed=row, client=client_family(request.headers.get("User-Agent", "")), now=now)
    summary = summarise_feed(row, now=now)
    if row.content_fingerprint == summary.content_fingerprint and row.changed_at:
        response = conditional_response(request, etag=row.etag, changed_at=row.changed_at, now=now)
        if response.status_code != HttpResponse.status_code:
            return response
    body, changed_at = subscription_body(row, summary, now=now)
    return calendar_response(request, body, changed_at=changed_at, now=now)


@require_safe
def session_file(request: HttpRequest, key: str) -> HttpResponse:
    """Return one session as an iCalendar file; 404 unless the group is listed or the reader's."""
    occurrence = get_object_or_404(
        Occurrence.objects.visible_to(request.user).select_related("group"), key=key
    )
    groups = Group.objects.joined_by(request.user).filter(pk=occurrence.group_id)
    member = person_of(request) if groups.exists() else None
    if member is None and not occurrence.group.is_listed:
        raise Http404
    body = single_session(occurrence, member=member, language=get_language() or "en")
    response = HttpResponse(b"".join(body), content_type=CALENDAR)
    response.headers["Content-Disposition"] = 'attachment; filename="session.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@login_required
@require_safe
def open_from_calendar(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Redirect from the link of an event in a person's own calendar to the session's page.

    The UID is a keyed hash, so each session of the person's groups of the last year is tried.
    """
    person = person_of(request)
    since = timezone.now() - LINK_LIFETIME
    sessions = Occurrence.objects.filter(
        group__in=Group.objects.joined_by(person), starts_at__gte=since
    )
    key = uid_key(person)
    for occurrence in sessions.only("key").iterator():
        if derive_uid(key, occurrence.key) == str(uid):
            return redirect(occurrence)
    raise Http404
