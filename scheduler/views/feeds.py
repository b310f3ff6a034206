"""Calendar addresses: the page that makes and ends them, and the calendar itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseGone, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from scheduler.actions import feeds as actions
from scheduler.calendars.subscription import subscription_body
from scheduler.forms.feeds import FeedForm
from scheduler.models import Feed
from scheduler.views.signed_in import person_of

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_required
def feeds(request: HttpRequest) -> HttpResponse:
    """List this person's addresses; make one, and show it once."""
    form, address = FeedForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        made = actions.make_feed(person=person_of(request), now=timezone.now(), **form.cleaned_data)
        address, form = settings.PUBLIC_URL + reverse("calendar", args=[made.token]), FeedForm()
    rows = person_of(request).feeds.filter(revoked_at=None).order_by("-created_at")
    context = {"form": form, "feeds": rows, "address": address}
    return render(request, "scheduler/mine/feeds.html", context)


@login_required
@require_POST
def revoke(request: HttpRequest, feed: int) -> HttpResponse:
    """End an address."""
    row = get_object_or_404(person_of(request).feeds, pk=feed)
    actions.revoke_feed(feed=row, now=timezone.now())
    messages.success(request, _("That address shows nothing any more."))
    return redirect("feeds")


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Serve a calendar to whoever knows its address."""
    feed = (
        Feed.objects.filter(token_hash=actions.hash_token(token)).select_related("person").first()
    )
    if feed is None or not feed.person.is_active:
        raise Http404
    if feed.revoked_at:
        return HttpResponseGone()
    body = subscription_body(feed, now=timezone.now())
    actions.note_fetch(feed=feed, now=timezone.now())
    if request.headers.get("If-None-Match") == body.etag:
        return HttpResponseNotModified(headers={"ETag": body.etag})
    response = HttpResponse(b"".join(body), content_type="text/calendar; charset=utf-8")
    response.headers["ETag"] = body.etag
    return response
