"""Text messages, and messages to people's own services, through the operator's HTTP gateways.

The contract is in docs/how-to/connect-a-gateway.md: ``POST {url}`` with an idempotency key and a signature hands a
message over; ``GET {url}/{key}`` tells whether it was accepted. A gateway that keeps keys for a day
can settle every unconfirmed message.
"""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import requests
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notifications.actions.contacts import mark_broken
from notifications.content.gsm7 import fits_one_message, plain
from notifications.content.short_text import compose_short_text
from notifications.models import Contact, Transport
from notifications.transports.email_provider import never_connected
from notifications.transports.errors import (
    DeliveryRejected,
    DeliveryUnconfirmed,
    RecipientGone,
    TransportDown,
)
from notifications.transports.gateway_signatures import signed
from notifications.transports.sender import Sender

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifications.queries.due_notices import DueNotice

CONNECT_SECONDS: Final = 5
ANSWER_SECONDS: Final = 15
RETRIABLE: Final = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.CONFLICT}
# About the account or the present load, not about one message.
TRANSPORT_DOWN: Final = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
}
RECIPIENT_GONE: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class GatewaySender(Sender):
    """A kept connection to the gateway of one transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport, self._url = transport, settings.GATEWAYS[transport.value]
        self._session = requests.Session()
        self._session.max_redirects = 0

    def prepare(self, digest: list[DueNotice]) -> Callable[[], None]:
        """Compose one message; its key is the first notice's, so that a copy is known as one."""
        first = digest[0].notice
        contact = Contact.objects.filter(person=first.person, transport=self._transport).first()
        if contact is None:
            return _raise_gone
        text = text_of(digest, self._transport)
        return partial(self._hand_over, contact, str(first.key), text)

    def _hand_over(self, contact: Contact, key: str, text: str) -> None:
        """Send one message; mark an address that does not exist as broken."""
        try:
            self.send(contact.address, key, text)
        except RecipientGone:
            mark_broken(contact, timezone.now())
            raise

    def send(self, address: str, key: str, text: str) -> None:
        """Send one message.

        Raises:
            RecipientGone: the address does not exist.
            DeliveryRejected: the gateway does not accept this message.
            TransportDown: it accepts none now.
            DeliveryUnconfirmed: it may have accepted it.
        """
        body = json.dumps({"key": key, "to": address, "text": text}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        try:
            answer = self._session.post(
                self._url,
                data=body,
                headers=headers | signed(body),
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            )
        except requests.RequestException as error:
            raise (TransportDown if never_connected(error) else DeliveryUnconfirmed) from error
        _raise_for(answer.status_code)

    def was_accepted(self, message_key: UUID) -> bool | None:
        """Ask the gateway whether it accepted a message.

        Raises:
            TransportDown: it cannot be asked now.
        """
        try:
            answer = self._session.get(
                f"{self._url}/{message_key}",
                headers=signed(str(message_key).encode()),
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            )
        except requests.RequestException as error:
            raise TransportDown from error
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return False
        return True if answer.ok else None

    def close(self) -> None:
        """Close the connection."""
        self._session.close()


def text_of(digest: list[DueNotice], transport: Transport) -> str:
    """Return the text of one message in its reader's language.

    A text message is one message long and says how to unsubscribe. If it would be longer, its
    sentence is replaced by a shorter one, and left out if even that is too long.
    """
    composed = compose_short_text(digest)
    with translation.override(digest[0].notice.person.language):
        ending = _("Reply STOP to end.") if transport == Transport.SMS else ""
        short = _("News for you")
    texts = [
        " ".join(part for part in (plain(sentence) + ".", composed.url, plain(ending)) if part)
        for sentence in (composed.sentence, short)
    ]
    if transport != Transport.SMS or fits_one_message(texts[0]):
        return texts[0]
    return texts[1] if fits_one_message(texts[1]) else composed.url


def _raise_for(status: int) -> None:
    """Raise the error that a status means for the message; 2xx and 1xx mean none."""
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status in RECIPIENT_GONE:
        raise RecipientGone
    if status in TRANSPORT_DOWN:
        raise TransportDown
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise DeliveryUnconfirmed  # it may have passed the message on before it failed
    raise DeliveryRejected(is_final=status not in RETRIABLE)


def _raise_gone() -> None:
    raise RecipientGone


def send_code(transport: Transport, address: str, code: str) -> None:
    """Send a verification code, in the active language.

    Raises:
        DeliveryRejected: the gateway does not accept this address.
        TransportDown: nothing can be sent now.
        DeliveryUnconfirmed: it may have been sent.
    """
    with GatewaySender(transport) as sender:
        sender.send(address, str(uuid4()), plain(_("Your code: %(code)s") % {"code": code}))
