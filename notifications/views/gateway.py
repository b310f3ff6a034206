"""The webhook of the operator's gateways: replies of people, and reports of failed messages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications.actions import contacts
from notifications.models import Contact, Notice, Transport
from notifications.transports.gateway_signatures import is_signed

if TYPE_CHECKING:
    from django.http import HttpRequest

# Words by which people unsubscribe, if one is the first of a reply; in lower case.
STOP_WORDS: Final = {
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "arret", "arrêt",
    "alto", "baja", "stopp", "стоп", "قف", "توقف", "ايقاف", "إيقاف", "रोकें", "बन्द",
}  # fmt: skip


@csrf_exempt  # a gateway has no session; it authenticates by a signature
@require_POST
def gateway_webhook(request: HttpRequest) -> HttpResponse:
    """Accept a signed reply or report; 404 without a valid signature, 400 if malformed."""
    if not is_signed(request.headers, request.body, timezone.now()):
        raise Http404
    try:
        payload = json.loads(request.body)
        transport = Transport(payload["transport"])
        _report(transport, payload) if "key" in payload else _reply(transport, payload)
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        return HttpResponse("transport, and from and text or key and state\n", "text/plain", 400)
    return HttpResponse(status=204)


def _reply(transport: Transport, payload: dict[str, str]) -> None:
    words = payload["text"].casefold().split()
    if words and words[0].strip(".,!?\"'“”") in STOP_WORDS:
        contacts.stop_by_reply(transport=transport, address=payload["from"], now=timezone.now())


def _report(transport: Transport, payload: dict[str, str]) -> None:
    """Mark the address of a message that was reported as undeliverable."""
    if payload["state"] != "undeliverable":
        return
    notice = Notice.objects.filter(message_key=payload["key"], transport=transport).first()
    contact = (
        notice and Contact.objects.filter(person=notice.person_id, transport=transport).first()
    )
    if contact:
        contacts.mark_broken(contact, timezone.now())
