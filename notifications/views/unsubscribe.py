"""Unsubscribing by the link in a message, without signing in (RFC 8058)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications.actions.consent import withdraw
from notifications.models import Consent, Topic, Transport

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@csrf_exempt  # mail programs post here by themselves, with nothing but the key
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """Withdraw consents on POST. GET changes nothing, because scanners open every link.

    The one click of a mail program withdraws all topics on the transport. The page also offers to
    withdraw the topic of the message alone.
    """
    consent = get_object_or_404(Consent.objects.select_related("person"), key=key)
    topic, only_this = Topic(consent.topic), request.POST.get("only") == consent.topic
    if request.method == "POST":
        topics = [topic] if only_this else list(Topic)
        withdraw(
            person=consent.person,
            transport=Transport(consent.transport),
            topics=topics,
            now=timezone.now(),
        )
    context = {"is_stopped": request.method == "POST", "topic": topic, "only_this": only_this}
    return render(request, "notifications/unsubscribe.html", context)
