"""Recurrence rules (RFC 5545 RRULE, an allow-list) and the starts of their sessions."""

from civiltime.recurrence.batch import Batch, expand_many
from civiltime.recurrence.errors import FirstDayOffRule, UnsupportedRule
from civiltime.recurrence.expand import (
    GapOrOverlap,
    GapOrOverlapStart,
    Start,
    expand,
    ical_text,
    next_gap_or_overlap,
)
from civiltime.recurrence.rule import Rule
from civiltime.recurrence.rule_parts import Frequency, NthWeekday, Weekday
from civiltime.recurrence.series_days import can_begin

__all__ = [
    "Batch",
    "FirstDayOffRule",
    "Frequency",
    "GapOrOverlap",
    "GapOrOverlapStart",
    "NthWeekday",
    "Rule",
    "Start",
    "UnsupportedRule",
    "Weekday",
    "can_begin",
    "expand",
    "expand_many",
    "ical_text",
    "next_gap_or_overlap",
]
