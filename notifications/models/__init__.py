"""The facts: what is to be said to whom, what people allowed and chose, when the clock last ticked."""

from __future__ import annotations

from notifications.models.circuit_breaker import Gate
from notifications.models.consent import Consent, Topic
from notifications.models.contacts import Contact
from notifications.models.devices import Device
from notifications.models.heartbeat import Heartbeat, Plan
from notifications.models.ledger import Notice, Way
from notifications.models.preferences import OwnTimes, Preferences, QuietSpan, ReminderChoice

__all__ = [
    "Consent",
    "Contact",
    "Device",
    "Gate",
    "Heartbeat",
    "Notice",
    "OwnTimes",
    "Plan",
    "Preferences",
    "QuietSpan",
    "ReminderChoice",
    "Topic",
    "Way",
]
