"""Notices by e-mail, over one connection for as long as there is something to send."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress
from functools import partial
from smtplib import SMTPException
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from anymail.backends.base import AnymailBaseBackend
from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from notifications.actions.addresses import mark_undeliverable
from notifications.content import message as message_content
from notifications.transports import RecipientGone, TransportDown, email_provider
from notifications.transports.smtp import translated

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from uuid import UUID

    from accounts.models import Person
    from notifications.delivery.validity import Due


class EmailSender:
    """Django's mail connection, opened by the first message and kept."""

    def __init__(self) -> None:
        self._connection = mail.get_connection()

    def prepare(self, digest: list[Due]) -> Callable[[], None]:
        """Write the mail: text, HTML, and headers for machines.

        The Message-ID is the first notice's own key, so that a second copy can be known as one.
        """
        compose_message = message_content.compose_message(digest)
        message = mail.EmailMultiAlternatives(
            compose_message.subject,
            compose_message.text,
            to=[digest[0].notice.person.email],
            headers={
                "Message-ID": f"<{digest[0].notice.key}@{urlsplit(settings.PUBLIC_URL).hostname}>",
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
                "List-Unsubscribe": f"<{compose_message.stop_url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        message.attach_alternative(compose_message.html, "text/html")
        for calendar in compose_message.calendars:
            message.attach("time.ics", calendar, "text/calendar")
        return partial(self._hand_over_to, digest[0].notice.person, message)

    def _hand_over_to(self, person: Person, message: mail.EmailMultiAlternatives) -> None:
        """Give one mail away; an address that does not exist is written to no more."""
        try:
            self._hand_over(message)
        except RecipientGone:
            mark_undeliverable(email=person.email)
            raise

    def _hand_over(self, message: mail.EmailMultiAlternatives) -> None:
        """Give one mail to the server; to a new connection if the server had closed the old one."""
        is_new = bool(self._open())
        try:
            self.send(message)
        except TransportDown:
            if is_new:
                raise
            self.send(message)

    def _open(self) -> bool | None:
        with self._translated():
            return self._connection.open()

    def send(self, message: mail.EmailMessage) -> None:
        """Give one mail to the server, once."""
        with self._translated():
            self._connection.open()
            self._connection.send_messages([message])

    def _translated(self) -> AbstractContextManager[None]:
        """Return what knows the errors of this connection, SMTP's or a provider's."""
        if isinstance(self._connection, AnymailBaseBackend):
            return email_provider.translated()
        return translated(self._connection)

    def ask(self, _message_key: UUID) -> None:
        """Tell nothing: SMTP has no question for it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say goodbye; a server that does not answer to that has all it was given."""
        with suppress(SMTPException, OSError):
            self._connection.close()


def send_code(email: str, code: str) -> None:
    """Mail a code to an address that its owner has just typed, in the language of her page.

    Raises:
        TransportDown: it could not be sent now.
        DeliveryRejected: the server does not take this address.
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
