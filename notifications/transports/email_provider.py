"""What the errors of a mail provider's interface mean for a notice."""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
)
from urllib3.exceptions import NewConnectionError

from notifications.transports import (
    DeliveryRejected,
    DeliveryUnconfirmed,
    RecipientGone,
    TransportDown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# What is wrong with the account, or with this minute, and not with one message.
OPERATORS_MATTER: Final = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
}


@contextmanager
def translated() -> Iterator[None]:
    """Say what an error of anymail means.

    Raises:
        RecipientGone: the provider knows that the address does not work.
        DeliveryRejected: it does not take this message.
        TransportDown: it takes none now.
        DeliveryUnconfirmed: it may have taken it.
    """
    try:
        yield
    except (AnymailRecipientsRefused, AnymailInvalidAddress) as error:
        raise RecipientGone from error
    except AnymailAPIError as error:
        raise _meaning(error) from error
    except AnymailError as error:  # a message that it could not write at all
        raise DeliveryRejected(is_final=True) from error


def _meaning(error: AnymailAPIError) -> Exception:
    """Tell an answer from silence, and silence before the message from silence after it."""
    if error.status_code is None:
        return TransportDown() if never_connected(error.__cause__) else DeliveryUnconfirmed()
    if error.status_code in OPERATORS_MATTER:
        return TransportDown()
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return DeliveryUnconfirmed()
    return DeliveryRejected(is_final=True)


def never_connected(error: BaseException | None) -> bool:
    """Whether a connection could not be made at all: then nothing was given away."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
