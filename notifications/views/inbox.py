"""The inbox: everybody's notices, also without any address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone

from accounts.views.access import person_of
from notifications.actions.inbox import mark_read
from notifications.actions.retention import NOTICES_KEPT
from notifications.content.inbox import inbox_entries
from notifications.models import Notice, Transport
from notifications.queries.deliverable_addresses import transports_to

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_LENGTH: Final = 20


@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """Show notices, the newest first, and mark them as read."""
    person, now = person_of(request), timezone.now()
    page = Paginator(Notice.objects.inbox_of(person), PAGE_LENGTH).get_page(request.GET.get("page"))
    entries = inbox_entries(page, now)
    if request.method == "GET":
        mark_read(person=person, now=now)
    context = {
        "page": page,
        "entries": entries,
        "kept_days": NOTICES_KEPT.days,
        "channels": [on for on in transports_to(person) if on != Transport.INBOX],
    }
    return render(request, "notifications/inbox.html", context)
