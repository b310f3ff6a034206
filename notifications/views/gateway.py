"""What the operator's gateways tell us: somebody wrote STOP, or a number leads nowhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications.actions import contacts
from notifications.models import Contact, Notice, Way
from notifications.transports.gateway_signatures import is_signed

if TYPE_CHECKING:
    from django.http import HttpRequest

# What people write who want no more; the first word counts, in any case.
STOPPING: Final = {
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "arret", "arrêt",
    "alto", "baja", "stopp", "стоп", "قف", "توقف", "ايقاف", "إيقاف", "रोकें", "बन्द",
}  # fmt: skip


@csrf_exempt  # a gateway has no session; its signature says who it is
@require_POST
def gateway_webhook(request: HttpRequest) -> HttpResponse:
    """Take a reply or a report. Who cannot sign finds nothing here."""
    if not is_signed(request.headers, request.body, timezone.now()):
        raise Http404
    try:
        told = json.loads(request.body)
        way = Way(told["way"])
        _report(way, told) if "key" in told else _reply(way, told)
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        return HttpResponse("way, and from and text or key and state\n", "text/plain", 400)
    return HttpResponse(status=204)


def _reply(way: Way, told: dict[str, str]) -> None:
    words = told["text"].casefold().split()
    if words and words[0].strip(".,!?\"'“”") in STOPPING:
        contacts.stop_by_reply(way=way, address=told["from"], now=timezone.now())


def _report(way: Way, told: dict[str, str]) -> None:
    """Note that a message could not be delivered because its address leads nowhere."""
    if told["state"] != "undeliverable":
        return
    notice = Notice.objects.filter(message_key=told["key"], way=way).first()
    contact = notice and Contact.objects.filter(person=notice.person_id, way=way).first()
    if contact:
        contacts.mark_broken(contact, timezone.now())
