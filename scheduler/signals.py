"""Signals for other packages when a membership ends, sent inside the same transaction."""

from __future__ import annotations

from django.dispatch import Signal

# Arguments: ``person`` (Person), ``now`` (aware datetime).
membership_ended = Signal()
