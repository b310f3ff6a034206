"""What mail providers report after acceptance: bounces and complaints, by anymail's webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anymail.signals import EventType, RejectReason
from django.utils import timezone

from notifications.actions.addresses import mark_undeliverable, take_as_complaint

if TYPE_CHECKING:
    from anymail.signals import AnymailTrackingEvent

OBJECTIONS: Final = {EventType.COMPLAINED, EventType.UNSUBSCRIBED}
# Providers reject for many reasons; these are about the address.
BAD_ADDRESS: Final = {RejectReason.INVALID, RejectReason.BOUNCED}


def apply_report(*, event: AnymailTrackingEvent, **_more: object) -> None:
    """Apply one report of a provider; most require nothing."""
    if not event.recipient:
        return
    if event.event_type in OBJECTIONS or event.reject_reason == RejectReason.SPAM:
        take_as_complaint(email=event.recipient, now=timezone.now())
    elif event.event_type == EventType.BOUNCED or (
        event.event_type == EventType.REJECTED and event.reject_reason in BAD_ADDRESS
    ):
        mark_undeliverable(email=event.recipient)
