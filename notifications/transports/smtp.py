"""SMTP, told apart by the one moment that matters: has the whole message been given yet?"""

from __future__ import annotations

import re
import smtplib
from contextlib import contextmanager, suppress
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any, Final, cast

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from notifications.transports import mime
from notifications.transports.errors import (
    DeliveryRejected,
    DeliveryUnconfirmed,
    RecipientGone,
    TransportDown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.mail import EmailMessage
    from typing_extensions import Buffer

_DOT: Final = re.compile(rb"(?m)^\.")  # a line that starts with one would end the message
# Enhanced codes that speak of the mailbox itself (RFC 3463, 3.2), not of us or of the moment.
NO_SUCH_MAILBOX: Final = re.compile(rb"5\.1\.(1|2|3|6|10)\b")
START_MAIL_INPUT: Final = 354
COMPLETED: Final = 250
PERMANENT_OR_PASSING: Final = 400
PERMANENT: Final = 500
SERVICE_NOT_AVAILABLE: Final = 421


class _Conversation(smtplib.SMTP):
    """A conversation that knows whether a message is on the wire and unanswered (RFC 5321, 4.1.1.4)."""

    is_unconfirmed = False

    def deliver(self, sender: str, recipient: str, message: bytes) -> None:
        """Give one message for one recipient, in two round trips where the server allows (RFC 2920).

        Raises:
            SMTPException: as ``sendmail`` does.
        """
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("pipelining"):
            self.sendmail(sender, recipient, message)
            return
        self.send(f"mail FROM:<{sender}>\r\nrcpt TO:<{recipient}>\r\ndata\r\n")
        to_sender, to_recipient, to_data = self.getreply(), self.getreply(), self.getreply()
        if to_data[0] != START_MAIL_INPUT:
            self._refuse(sender, recipient, to_sender, to_recipient, to_data)
        if to_recipient[0] >= PERMANENT_OR_PASSING:  # it waits for a message to nobody
            self.docmd(".")
            raise smtplib.SMTPRecipientsRefused({recipient: to_recipient})
        code, answer = self._give(message)
        if code != COMPLETED:
            raise smtplib.SMTPDataError(code, answer)

    def _refuse(
        self,
        sender: str,
        recipient: str,
        to_sender: tuple[int, bytes],
        to_recipient: tuple[int, bytes],
        to_data: tuple[int, bytes],
    ) -> None:
        """Raise for the first of three answers that was a no."""
        with suppress(smtplib.SMTPServerDisconnected):
            self.rset()
        if to_sender[0] >= PERMANENT_OR_PASSING:
            raise smtplib.SMTPSenderRefused(*to_sender, sender)
        if to_recipient[0] >= PERMANENT_OR_PASSING:
            raise smtplib.SMTPRecipientsRefused({recipient: to_recipient})
        raise smtplib.SMTPDataError(*to_data)

    def data(self, msg: Buffer | str) -> tuple[int, bytes]:
        """Give the message; from its last line until the answer nobody knows who has it."""
        code, reply = self.docmd("data")
        if code != START_MAIL_INPUT:
            raise smtplib.SMTPDataError(code, reply)
        return self._give(msg)

    def _give(self, msg: Buffer | str) -> tuple[int, bytes]:
        self.is_unconfirmed = True
        self.send(_DOT.sub(b"..", cast("bytes", msg).removesuffix(b"\r\n")) + b"\r\n.\r\n")
        answer = self.getreply()
        self.is_unconfirmed = False
        return answer


class _SecureConversation(_Conversation, smtplib.SMTP_SSL):
    """The same inside TLS."""


class Connection(EmailBackend):
    """Django's SMTP connection with that knowledge; settings.EMAIL_BACKEND names it."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """Return what speaks."""
        return _SecureConversation if self.use_ssl else _Conversation

    def _send(self, email_message: EmailMessage) -> bool:
        """Give one mail; those of the usual form take a short way."""
        simple = isinstance(email_message, EmailMultiAlternatives) and mime.is_simple(email_message)
        if not simple or len(email_message.to) != 1:
            return bool(super()._send(email_message))  # type: ignore[misc]  # Django's, unknown to its stubs
        sender, recipient = (
            parseaddr(mime.address(each))[1]
            for each in (email_message.from_email, email_message.to[0])
        )
        message = mime.written(cast("EmailMultiAlternatives", email_message))
        cast("_Conversation", self.connection).deliver(sender, recipient, message)
        return True

    @property
    def is_unconfirmed(self) -> bool:
        """Whether a message was given and not answered."""
        return isinstance(self.connection, _Conversation) and self.connection.is_unconfirmed


@contextmanager
def translated(connection: Any) -> Iterator[None]:
    """Say what an SMTP error means for the notice. A connection that broke is closed for good.

    A sender or a sign-in that is refused is the operator's matter, so it stops the way instead of
    failing people's notices one by one.
    """
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if any(NO_SUCH_MAILBOX.match(reply) for _, reply in error.recipients.values()):
            raise RecipientGone from error
        if SERVICE_NOT_AVAILABLE in codes:
            raise _down(connection) from error
        raise DeliveryRejected(is_final=min(codes) >= PERMANENT) from error
    except smtplib.SMTPDataError as error:
        if error.smtp_code == SERVICE_NOT_AVAILABLE:
            raise _down(connection) from error
        raise DeliveryRejected(is_final=error.smtp_code >= PERMANENT) from error
    except ValueError as error:  # an address that no header can carry
        raise DeliveryRejected(is_final=True) from error
    except (smtplib.SMTPException, OSError) as error:
        in_doubt = getattr(connection, "is_unconfirmed", False)
        _discard(connection)
        raise (DeliveryUnconfirmed() if in_doubt else TransportDown()) from error


def _down(connection: Any) -> TransportDown:
    _discard(connection)
    return TransportDown()


def _discard(connection: Any) -> None:
    """Forget a connection without another word to the server."""
    broken, connection.connection = getattr(connection, "connection", None), None
    if broken is not None:
        broken.close()
