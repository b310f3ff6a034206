"""Stopping messages from inside a message, without signing in."""

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


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the key is all they bring
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """Stop messages at once on POST. Looking changes nothing: scanners open every link.

    A mail program's one click stops everything that goes this way: whoever presses it wants
    silence. The page offers to stop this kind alone.
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
