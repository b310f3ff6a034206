"""The operator's page about message delivery: numbers and unconfirmed messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.views.access import person_of
from notifications.actions.unconfirmed import settle_unconfirmed
from notifications.delivery import statistics
from notifications.models import Heartbeat
from sessions.media.choose import offered

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@login_required
@require_safe
def message_delivery(request: HttpRequest) -> HttpResponse:
    """Show the state of message delivery, without personal data."""
    _require_operator(request)
    now = timezone.now()
    context = {
        "now": now,
        "transports": statistics.transports(now),
        "unconfirmed_messages": statistics.unconfirmed_messages(),
        "tick_age": Heartbeat.age(now),
        "is_text_only": not offered(),
    }
    return render(request, "notifications/message_delivery.html", context)


@login_required
@require_POST
def settle(request: HttpRequest, key: UUID) -> HttpResponse:
    """Settle one unconfirmed message as the operator decided."""
    _require_operator(request)
    arrived = "arrived" in request.POST
    if settle_unconfirmed(message_key=key, arrived=arrived, now=timezone.now()):
        messages.success(
            request,
            _("Recorded: it arrived.")
            if arrived
            else _("It goes back to the queue, if there is still time."),
        )
    else:
        messages.info(request, _("This was settled already."))
    return redirect("message_delivery")


def _require_operator(request: HttpRequest) -> None:
    if not person_of(request).is_operator:
        raise Http404
