"""The transports that this installation has, and the sender of each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings

from notifications.models import Transport
from notifications.transports.email import EmailSender
from notifications.transports.gateway import GatewaySender
from notifications.transports.inbox import InboxSender
from notifications.transports.push import PushSender

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifications.transports.sender import Sender


def senders() -> dict[Transport, Callable[[], Sender]]:
    """Return what makes a sender, for each transport that the operator has set up."""
    gateways = [Transport(value) for value in settings.GATEWAYS]
    return {
        Transport.EMAIL: EmailSender,
        Transport.PUSH: PushSender,
        Transport.INBOX: InboxSender,
        **{transport: partial(GatewaySender, transport) for transport in gateways},
    }
