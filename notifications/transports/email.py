"""Notices by e-mail, over one connection for a batch."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress
from functools import partial
from smtplib import SMTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from anymail.backends.base import AnymailBaseBackend
from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from notifications.actions.addresses import mark_undeliverable
from notifications.content.message import compose_message
from notifications.transports import email_provider, smtp
from notifications.transports.errors import RecipientGone, TransportDown
from notifications.transports.sender import Sender

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import Person
    from notifications.queries.due_notices import DueNotice


class EmailSender(Sender):
    """Django's mail connection. SMTP cannot be asked about an unconfirmed message."""

    def __init__(self) -> None:
        self._connection = mail.get_connection()

    def prepare(self, digest: list[DueNotice]) -> Callable[[], None]:
        """Compose the mail: text, HTML and headers for programs.

        The Message-ID is the key of the first notice, so that a second copy is known as one. The
        headers mark it as automatic (RFC 3834) and let one click unsubscribe (RFC 8058).
        """
        composed = compose_message(digest)
        first = digest[0].notice
        message = mail.EmailMultiAlternatives(
            composed.subject,
            composed.text,
            to=[first.person.email],
            headers={
                "Message-ID": f"<{first.key}@{urlsplit(settings.PUBLIC_URL).hostname}>",
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
                "List-Unsubscribe": f"<{composed.stop_url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        message.attach_alternative(composed.html, "text/html")
        for calendar in composed.calendars:
            message.attach("time.ics", calendar, "text/calendar")
        return partial(self._hand_over, first.person, message)

    def _hand_over(self, person: Person, message: mail.EmailMultiAlternatives) -> None:
        """Send one mail; mark an address that does not exist as undeliverable."""
        try:
            self._send_or_reconnect(message)
        except RecipientGone:
            mark_undeliverable(email=person.email)
            raise

    def _send_or_reconnect(self, message: mail.EmailMultiAlternatives) -> None:
        """Send one mail, over a new connection if the server has closed the kept one."""
        with self._translated():
            is_new = bool(self._connection.open())
        try:
            self.send(message)
        except TransportDown:
            if is_new:
                raise
            self.send(message)

    def send(self, message: mail.EmailMessage) -> None:
        """Send one mail, once.

        Raises:
            DeliveryRejected: the server does not accept it.
            TransportDown: it accepts none now.
            DeliveryUnconfirmed: it may have accepted it.
        """
        with self._translated():
            self._connection.open()
            self._connection.send_messages([message])

    def _translated(self) -> AbstractContextManager[None]:
        """Return what translates the errors of this connection, SMTP's or a provider's."""
        if isinstance(self._connection, AnymailBaseBackend):
            return email_provider.translated()
        return smtp.translated(self._connection)

    def close(self) -> None:
        """Close the connection. An error then concerns no message: each was answered before."""
        with suppress(SMTPException, OSError):
            self._connection.close()


def send_code(email: str, code: str) -> None:
    """Mail a verification code, in the active language.

    Raises:
        DeliveryRejected: the server does not accept this address.
        TransportDown: no mail can be sent now.
        DeliveryUnconfirmed: it may have been sent.
    """
    with EmailSender() as sender:
        sender.send(
            mail.EmailMessage(
                _("Your code: %(code)s") % {"code": code},
                render_to_string("notifications/mail/code.txt", {"code": code}),
                to=[email],
                headers={"Auto-Submitted": "auto-generated"},
            )
        )
