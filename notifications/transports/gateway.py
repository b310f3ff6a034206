"""Text messages, and messages to services of people's own, through the operator's HTTP gateways.

The contract, in docs/gateways.md: ``POST {url}`` with an idempotency key and a signature takes a
message; ``GET {url}/{key}`` tells whether it was taken. A gateway that keeps keys for a day lets
every doubt be settled by asking.
"""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Self
from uuid import UUID, uuid4

import requests
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notifications.actions.contacts import mark_broken
from notifications.content.gsm7 import fits_one_message, plain
from notifications.content.short_text import compose_short_text
from notifications.models import Contact, Transport
from notifications.transports import (
    DeliveryRejected,
    DeliveryUnconfirmed,
    RecipientGone,
    TransportDown,
)
from notifications.transports.email_provider import never_connected
from notifications.transports.gateway_signatures import signed

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from notifications.delivery.validity import Due

CONNECT_SECONDS: Final = 5
ANSWER_SECONDS: Final = 15
PASSING: Final = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.CONFLICT}
# What is wrong with us, not with one message.
OPERATORS_MATTER: Final = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.TOO_MANY_REQUESTS,
}
RECIPIENT_GONE: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class GatewaySender:
    """A kept connection to the gateway of one way."""

    def __init__(self, transport: Transport) -> None:
        self._way, self._url = transport, settings.GATEWAYS[transport.value]
        self._session = requests.Session()
        self._session.max_redirects = 0

    def prepare(self, digest: list[Due]) -> Callable[[], None]:
        """Write one message; its key is the first notice's, so that a copy is known as one."""
        first = digest[0].notice
        contact = Contact.objects.filter(person=first.person, transport=self._way).first()
        if contact is None:
            return _nobody
        text = written(digest, self._way)
        return partial(self._hand_over, contact, str(first.key), text)

    def _hand_over(self, contact: Contact, key: str, text: str) -> None:
        try:
            self.give(contact.address, key, text)
        except RecipientGone:
            mark_broken(contact, timezone.now())
            raise

    def give(self, address: str, key: str, text: str) -> None:
        """Give one message to the gateway.

        Raises:
            RecipientGone: there is no such address.
            DeliveryRejected: it does not take this message.
            TransportDown: it takes none now.
            DeliveryUnconfirmed: it may have taken it.
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
        _judge(answer.status_code)

    def ask(self, message_key: UUID) -> bool | None:
        """Ask the gateway whether it took a message.

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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self._session.close()


def written(digest: list[Due], transport: Transport) -> str:
    """Return one message in its reader's language; a text message fits into one, and can be ended.

    What is too long loses its sentence before its link: the page behind it says everything.
    """
    said = compose_short_text(digest)
    with translation.override(digest[0].notice.person.language):
        ending = _("Reply STOP to end.") if transport == Transport.SMS else ""
        short = _("News for you")
    texts = [
        " ".join(part for part in (plain(sentence) + ".", said.url, plain(ending)) if part)
        for sentence in (said.sentence, short)
    ]
    if transport != Transport.SMS or fits_one_message(texts[0]):
        return texts[0]
    return texts[1] if fits_one_message(texts[1]) else said.url


def _judge(status: int) -> None:
    """Say what an answer means for the message."""
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status in RECIPIENT_GONE:
        raise RecipientGone
    if status in OPERATORS_MATTER or status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise TransportDown
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise DeliveryUnconfirmed  # it may have passed the message on before it failed
    raise DeliveryRejected(is_final=status not in PASSING)


def _nobody() -> None:
    raise RecipientGone


def send_code(transport: Transport, address: str, code: str) -> None:
    """Send a code to an address that its owner has just typed, in the language of her page.

    Raises:
        TransportDown: it could not be sent now.
        DeliveryRejected: the gateway does not take this address.
        DeliveryUnconfirmed: it may have been sent.
    """
    with GatewaySender(transport) as sender:
        sender.give(address, str(uuid4()), plain(_("Your code: %(code)s") % {"code": code}))
