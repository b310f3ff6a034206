"""How a series repeats: which rules we take, and when their sessions start."""

from scheduler.recurrence.batch import Batch, expand_many
from scheduler.recurrence.expand import (
    Meeting,
    Start,
    Wrinkle,
    expand,
    next_gap_or_overlap,
    wire_text,
)
from scheduler.recurrence.refusals import FirstDayOffRule, UnsupportedRule
from scheduler.recurrence.rule import Rule
from scheduler.recurrence.words import Frequency, NthWeekday, Weekday

__all__ = [
    "Batch",
    "FirstDayOffRule",
    "Frequency",
    "Meeting",
    "NthWeekday",
    "Rule",
    "Start",
    "UnsupportedRule",
    "Weekday",
    "Wrinkle",
    "expand",
    "expand_many",
    "next_gap_or_overlap",
    "wire_text",
]
