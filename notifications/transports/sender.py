"""The base class of senders: a connection of one transport, kept for a batch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from uuid import UUID

    from notifications.queries.due_notices import DueNotice


class Sender(ABC):
    """Sends messages by one transport. Use it as a context manager, which closes it.

    It connects when the first message is handed over, not when it is made.
    """

    @abstractmethod
    def prepare(self, digest: list[DueNotice]) -> Callable[[], None]:
        """Compose one message for one person; return a callable that hands it over.

        The callable returns once the other side has taken responsibility for the message.

        Raises:
            DeliveryRejected: (the callable) this message was not accepted.
            TransportDown: (the callable) none is accepted now, and this one was not.
            DeliveryUnconfirmed: (the callable) it may have been accepted.
        """

    def was_accepted(self, message_key: UUID) -> bool | None:  # noqa: ARG002 - for subclasses
        """Whether the other side accepted an unconfirmed message; None if it cannot tell.

        False means that the message may safely be sent again.

        Raises:
            TransportDown: it cannot be asked now.
        """
        return None

    def close(self) -> None:  # noqa: B027 - most senders override it, the inbox has nothing to close
        """Close the connection, if there is one."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
