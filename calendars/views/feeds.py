"""The page on which a person creates, renews and ends their feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views.access import person_of
from calendars.actions import feeds as actions
from calendars.forms import FeedForm, OwnNamesForm
from calendars.subscribe_links import SubscribeLinks
from scheduler.actions.memberships import set_calendar_name
from scheduler.models import Membership

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
def feeds(request: HttpRequest) -> HttpResponse:
    """List the person's feeds; on POST create one and show its link once."""
    person = person_of(request)
    form, created = (
        FeedForm(request.POST if request.method == "POST" else None, person=person),
        None,
    )
    if request.method == "POST" and form.is_valid():
        created = actions.create_feed(person=person, now=timezone.now(), **form.cleaned_data)
        form = FeedForm(person=person)
    return _page(request, form, created)


@login_required
@require_POST
def rotate(request: HttpRequest, feed: int) -> HttpResponse:
    """Replace a feed by one with a new secret, and show its address once."""
    row = get_object_or_404(person_of(request).feeds.in_use(), pk=feed)
    created = actions.rotate_feed(feed=row, now=timezone.now())
    return _page(request, FeedForm(person=person_of(request)), created)


def _page(
    request: HttpRequest, form: FeedForm, created: actions.CreatedFeed | None
) -> HttpResponse:
    person = person_of(request)
    path = reverse("feed", args=[created.token]) if created else ""
    context = {
        "form": form,
        "names": OwnNamesForm(memberships=_memberships(request)),
        "feeds": person.feeds.in_use().select_related("group").order_by("-created_at"),
        "address": SubscribeLinks(settings.PUBLIC_URL + path) if created else None,
    }
    return render(request, "calendars/feeds.html", context)


@login_required
@require_POST
def name_groups(request: HttpRequest) -> HttpResponse:
    """Store what the person calls their groups in their own calendar."""
    form = OwnNamesForm(request.POST, memberships=_memberships(request))
    if form.is_valid():
        for membership in form.memberships:
            name = form.own_name(membership)
            set_calendar_name(membership=membership, own_name=name, now=timezone.now())
        messages.success(request, _("Saved. Calendars that use your own names will show them."))
    return redirect("feeds")


@login_required
@require_POST
def revoke(request: HttpRequest, feed: int) -> HttpResponse:
    """End one feed of the person."""
    row = get_object_or_404(person_of(request).feeds, pk=feed)
    actions.revoke_feed(feed=row, now=timezone.now())
    messages.success(request, _("%(calendar)s is disconnected.") % {"calendar": row.label})
    return redirect("feeds")


@login_required
@require_POST
def revoke_all(request: HttpRequest) -> HttpResponse:
    """End every feed of the person."""
    actions.revoke_all(person=person_of(request), now=timezone.now())
    messages.success(request, _("All your calendars are disconnected."))
    return redirect("feeds")


def _memberships(request: HttpRequest) -> list[Membership]:
    rows = Membership.objects.active().filter(person=person_of(request), group__closed_at=None)
    return list(rows.select_related("group").order_by("group__name"))
