"""Which ways this installation has, and who carries each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.models import Way
from notifications.ways.email import EmailCarrier
from notifications.ways.inbox import InboxCarrier

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifications.ways import Carrier


def carriers() -> dict[Way, Callable[[], Carrier]]:
    """Return who carries each way that the operator has set up."""
    return {Way.EMAIL: EmailCarrier, Way.INBOX: InboxCarrier}
