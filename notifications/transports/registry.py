"""Which ways this installation has, and who carries each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings

from notifications.models import Way
from notifications.transports.email import EmailCarrier
from notifications.transports.gateway import GatewayCarrier
from notifications.transports.inbox import InboxCarrier
from notifications.transports.push import PushCarrier

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifications.transports import Carrier


def carriers() -> dict[Way, Callable[[], Carrier]]:
    """Return who carries each way that the operator has set up."""
    by_gateway = {Way(way): partial(GatewayCarrier, Way(way)) for way in settings.GATEWAYS}
    return {
        Way.EMAIL: EmailCarrier,
        Way.PUSH: PushCarrier,
        Way.INBOX: InboxCarrier,
        **by_gateway,
    }
