"""Which ways this installation has, and who carries each."""

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

    from notifications.transports import Sender


def senders() -> dict[Transport, Callable[[], Sender]]:
    """Return who carries each way that the operator has set up."""
    by_gateway = {
        Transport(transport): partial(GatewaySender, Transport(transport))
        for transport in settings.GATEWAYS
    }
    return {
        Transport.EMAIL: EmailSender,
        Transport.PUSH: PushSender,
        Transport.INBOX: InboxSender,
        **by_gateway,
    }
