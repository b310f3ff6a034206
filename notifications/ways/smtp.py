"""SMTP, told apart by the one moment that matters: has the whole message been given yet?"""

from __future__ import annotations

import re
import smtplib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

from django.core.mail.backends.smtp import EmailBackend

from notifications.ways import InDoubt, NobodyThere, Refused, WayIsDown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

_DOT: Final = re.compile(rb"(?m)^\.")  # a line that starts with one would end the message
# Enhanced codes that speak of the mailbox itself (RFC 3463, 3.2), not of us or of the moment.
NO_SUCH_MAILBOX: Final = re.compile(rb"5\.1\.(1|2|3|6|10)\b")
START_MAIL_INPUT: Final = 354
PERMANENT: Final = 500
SERVICE_NOT_AVAILABLE: Final = 421


class _Conversation(smtplib.SMTP):
    """A conversation that knows whether a message is on the wire and unanswered (RFC 5321, 4.1.1.4)."""

    is_in_doubt = False

    def data(self, msg: Buffer | str) -> tuple[int, bytes]:
        """Give the message; from its last line until the answer nobody knows who has it."""
        code, reply = self.docmd("data")
        if code != START_MAIL_INPUT:
            raise smtplib.SMTPDataError(code, reply)
        self.is_in_doubt = True
        self.send(_DOT.sub(b"..", cast("bytes", msg).removesuffix(b"\r\n")) + b"\r\n.\r\n")
        answer = self.getreply()
        self.is_in_doubt = False
        return answer


class _SecureConversation(_Conversation, smtplib.SMTP_SSL):
    """The same inside TLS."""


class Connection(EmailBackend):
    """Django's SMTP connection with that knowledge; settings.EMAIL_BACKEND names it."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """Return what speaks."""
        return _SecureConversation if self.use_ssl else _Conversation

    @property
    def is_in_doubt(self) -> bool:
        """Whether a message was given and not answered."""
        return isinstance(self.connection, _Conversation) and self.connection.is_in_doubt


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
            raise NobodyThere from error
        if SERVICE_NOT_AVAILABLE in codes:
            raise _down(connection) from error
        raise Refused(is_final=min(codes) >= PERMANENT) from error
    except smtplib.SMTPDataError as error:
        if error.smtp_code == SERVICE_NOT_AVAILABLE:
            raise _down(connection) from error
        raise Refused(is_final=error.smtp_code >= PERMANENT) from error
    except ValueError as error:  # an address that no header can carry
        raise Refused(is_final=True) from error
    except (smtplib.SMTPException, OSError) as error:
        in_doubt = getattr(connection, "is_in_doubt", False)
        _hang_up(connection)
        raise (InDoubt() if in_doubt else WayIsDown()) from error


def _down(connection: Any) -> WayIsDown:
    _hang_up(connection)
    return WayIsDown()


def _hang_up(connection: Any) -> None:
    """Forget a connection without another word to the server."""
    broken, connection.connection = getattr(connection, "connection", None), None
    if broken is not None:
        broken.close()
