"""The inbox: the row in the ledger is the message, and people read it on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifications.transports.sender import Sender

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from notifications.queries.due_notices import DueNotice


class InboxSender(Sender):
    """Sends nothing: a notice is in the inbox once the dispatcher marks it as done."""

    def prepare(self, digest: list[DueNotice]) -> Callable[[], None]:  # noqa: ARG002 - the base's
        """Return a callable that does nothing."""
        return lambda: None

    def was_accepted(self, message_key: UUID) -> bool:  # noqa: ARG002 - the base's signature
        """Return False: marking the notice as done a second time is harmless."""
        return False
