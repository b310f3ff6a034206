"""What the errors of a mail provider's HTTP interface mean for a notice."""

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

from notifications.transports.errors import (
    DeliveryRejected,
    DeliveryUnconfirmed,
    RecipientGone,
    TransportDown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# About the account or the present load, not about one message.
TRANSPORT_DOWN: Final = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
}


@contextmanager
def translated() -> Iterator[None]:
    """Translate the errors of anymail.

    Raises:
        RecipientGone: the provider knows that the address does not work.
        DeliveryRejected: it does not accept this message.
        TransportDown: it accepts none now.
        DeliveryUnconfirmed: it may have accepted it.
    """
    try:
        yield
    except (AnymailRecipientsRefused, AnymailInvalidAddress) as error:
        raise RecipientGone from error
    except AnymailAPIError as error:
        raise _meaning(error) from error
    except AnymailError as error:  # the message could not be serialised
        raise DeliveryRejected(is_final=True) from error


def _meaning(error: AnymailAPIError) -> Exception:
    """Return the error for an answer, or for a failure before or after the message was sent."""
    if error.status_code is None:
        return TransportDown() if never_connected(error.__cause__) else DeliveryUnconfirmed()
    if error.status_code in TRANSPORT_DOWN:
        return TransportDown()
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return DeliveryUnconfirmed()
    return DeliveryRejected(is_final=True)


def never_connected(error: BaseException | None) -> bool:
    """Whether no connection could be made, so that nothing was sent."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
