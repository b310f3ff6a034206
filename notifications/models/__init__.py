"""The tables: the ledger of notices, consents, addresses, preferences and the state of delivery."""

from __future__ import annotations

from notifications.models.circuit_breaker import CircuitBreaker
from notifications.models.consent import Consent, Topic
from notifications.models.contacts import Contact
from notifications.models.devices import Device
from notifications.models.heartbeat import Heartbeat
from notifications.models.ledger import Notice, Transport
from notifications.models.planned_versions import PlannedVersion
from notifications.models.preferences import (
    GroupReminders,
    Preferences,
    QuietSpan,
    ReminderChoice,
)

__all__ = [
    "CircuitBreaker",
    "Consent",
    "Contact",
    "Device",
    "GroupReminders",
    "Heartbeat",
    "Notice",
    "PlannedVersion",
    "Preferences",
    "QuietSpan",
    "ReminderChoice",
    "Topic",
    "Transport",
]
