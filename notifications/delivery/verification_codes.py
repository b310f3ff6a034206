"""Sending the code that verifies an address, at once and outside the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.actions import address_verification
from notifications.delivery import circuit_breaker
from notifications.models import Transport
from notifications.transports import email, gateway
from notifications.transports.errors import DeliveryRejected, TransportDown

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from datetime import datetime

    from accounts.models import Person
    from notifications.actions.address_verification import Challenge


def send_verification_code(
    session: MutableMapping[str, Challenge],
    *,
    person: Person,
    address: str,
    transport: Transport,
    now: datetime,
) -> None:
    """Send a new code to an address; this browser session may then answer with it.

    The transport's circuit breaker learns how that went, so that the operator sees a mail server
    that fails. A code that was not sent is not asked for.

    Raises:
        TooManyCodes: five were made within an hour for this person or this address.
        DeliveryRejected: the other side does not accept this address.
        TransportDown: nothing can be sent now.
        DeliveryUnconfirmed: it may have been sent.
    """
    code = address_verification.challenge(
        session, person=person, address=address, now=now, transport=transport
    )
    try:
        if transport == Transport.EMAIL:
            email.send_code(address, code)
        else:
            gateway.send_code(transport, address, code)
    except TransportDown:
        circuit_breaker.record_failure(transport, now)
        address_verification.cancel(session, transport)
        raise
    except DeliveryRejected:
        circuit_breaker.record_success(transport)
        address_verification.cancel(session, transport)
        raise
    circuit_breaker.record_success(transport)
