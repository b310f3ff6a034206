"""The ways a notice can go. Each is one module that hands one message over and says how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from django.utils.translation import gettext as _

from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from uuid import UUID

    from notifications.delivery.validity import Due


class DeliveryRejected(CommonhourError):
    """The other side said no to this one message.

    Attributes:
        is_final: trying again is pointless.
    """

    code = "delivery_rejected"

    def __init__(self, *, is_final: bool) -> None:
        self.is_final = is_final
        super().__init__(_("This address does not take our mail. Please check it, or use another."))


class RecipientGone(DeliveryRejected):
    """The address does not exist: whatever else is sent there is refused, too."""

    code = "recipient_gone"

    def __init__(self) -> None:
        super().__init__(is_final=True)


class DeliveryUnconfirmed(CommonhourError):
    """The connection broke after the message was given and before the answer came."""

    code = "delivery_unconfirmed"

    def __init__(self) -> None:
        super().__init__(_("The mail may or may not have left. Please look, and try again if not."))


class TransportDown(CommonhourError):
    """Nothing can go this way now; nothing was handed over."""

    code = "transport_down"

    def __init__(self) -> None:
        super().__init__(_("No mail can be sent just now. Please try again in a few minutes."))


class Sender(Protocol):
    """An open connection of one way."""

    def prepare(self, digest: list[Due]) -> Callable[[], None]:
        """Write one message for one person; return what gives it away.

        That call returns once the other side took responsibility for the message.

        Raises:
            DeliveryRejected: (the call) this message was not taken.
            TransportDown: (the call) no message can be taken now; this one certainly was not.
            DeliveryUnconfirmed: (the call) it may have been taken.
        """

    def ask(self, message_key: UUID) -> bool | None:
        """Whether the other side took a message; None if it cannot say.

        Raises:
            TransportDown: it cannot be asked now.
        """

    def __enter__(self) -> Self:
        """Open as late as the first message."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
