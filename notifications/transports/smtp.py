"""SMTP that knows of each message whether it may have been accepted, and what errors mean.

Django and ``smtplib`` do the work. They do not tell a connection that broke before a message was
sent from one that broke before it was answered, and only the first may be sent again.
"""

from __future__ import annotations

import re
import smtplib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from django.core.mail.backends.smtp import EmailBackend

from notifications.transports.errors import (
    DeliveryRejected,
    DeliveryUnconfirmed,
    RecipientGone,
    TransportDown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

# Enhanced status codes about the mailbox itself (RFC 3463, 3.2), not about us or the moment.
NO_SUCH_MAILBOX: Final = re.compile(rb"5\.1\.(1|2|3|6|10)\b")
PERMANENT: Final = 500
SERVICE_NOT_AVAILABLE: Final = 421


class _Connection(smtplib.SMTP):
    """Records whether a message is unconfirmed: sent with DATA (RFC 5321, 4.1.1.4), not answered."""

    is_unconfirmed = False

    def send(self, s: Buffer | str) -> None:
        """Send a command, which ``smtplib`` gives as text, or a message, which it gives as bytes."""
        self.is_unconfirmed = not isinstance(s, str)
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Return an answer, which confirms what was sent before."""
        reply = super().getreply()
        self.is_unconfirmed = False
        return reply


class _TlsConnection(_Connection, smtplib.SMTP_SSL):
    """The same inside TLS."""


class Connection(EmailBackend):
    """Django's SMTP backend with that knowledge; ``EMAIL_BACKEND`` names it."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """Return the class of the connection."""
        return _TlsConnection if self.use_ssl else _Connection

    @property
    def is_unconfirmed(self) -> bool:
        """Whether a message was sent and not answered."""
        return isinstance(self.connection, _Connection) and self.connection.is_unconfirmed


@contextmanager
def translated(connection: Any) -> Iterator[None]:
    """Translate SMTP errors, and discard a connection that broke.

    A rejected sender or sign-in is the operator's fault, so the transport is down; it would be
    wrong to fail people's notices one by one.

    Raises:
        RecipientGone: the mailbox does not exist.
        DeliveryRejected: this message is not accepted.
        TransportDown: none is accepted now.
        DeliveryUnconfirmed: it may have been accepted.
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
    except ValueError as error:  # an address that no header can hold
        raise DeliveryRejected(is_final=True) from error
    except (smtplib.SMTPException, OSError) as error:
        is_unconfirmed = getattr(connection, "is_unconfirmed", False)
        _discard(connection)
        raise (DeliveryUnconfirmed() if is_unconfirmed else TransportDown()) from error


def _down(connection: Any) -> TransportDown:
    _discard(connection)
    return TransportDown()


def _discard(connection: Any) -> None:
    """Close the socket of a broken connection without a further command."""
    broken, connection.connection = getattr(connection, "connection", None), None
    if broken is not None:
        broken.close()
