"""What can happen at a handover. Every answer of the other side is mapped to one of these."""

from __future__ import annotations

from django.utils.translation import gettext as _

from civiltime.errors import CommonhourError


class DeliveryRejected(CommonhourError):
    """The other side rejected this one message.

    Attributes:
        is_final: another attempt would be rejected, too.
    """

    code = "delivery_rejected"

    def __init__(self, *, is_final: bool) -> None:
        self.is_final = is_final
        super().__init__(
            _("This address does not accept our messages. Please check it, or use another.")
        )


class RecipientGone(DeliveryRejected):
    """The address does not exist, so every message to it would be rejected."""

    code = "recipient_gone"

    def __init__(self) -> None:
        super().__init__(is_final=True)


class DeliveryUnconfirmed(CommonhourError):
    """The connection broke after the message was handed over and before the answer."""

    code = "delivery_unconfirmed"

    def __init__(self) -> None:
        super().__init__(
            _("The connection broke while we were sending. If nothing arrives, please try again.")
        )


class TransportDown(CommonhourError):
    """The transport accepts no messages now; this one was not handed over."""

    code = "transport_down"

    def __init__(self) -> None:
        super().__init__(_("We cannot send anything just now. Please try again in a few minutes."))
