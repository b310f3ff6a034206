"""How a series repeats: which rules we take, and when their sessions start."""

from civiltime.recurrence.batch import Batch, expand_many
from civiltime.recurrence.errors import FirstDayOffRule, UnsupportedRule
from civiltime.recurrence.expand import (
    Start,
    Wrinkle,
    WrinkledStart,
    expand,
    next_gap_or_overlap,
    wire_text,
)
from civiltime.recurrence.rule import Rule
from civiltime.recurrence.rule_parts import Frequency, NthWeekday, Weekday

__all__ = [
    "Batch",
    "FirstDayOffRule",
    "Frequency",
    "NthWeekday",
    "Rule",
    "Start",
    "UnsupportedRule",
    "Weekday",
    "Wrinkle",
    "WrinkledStart",
    "expand",
    "expand_many",
    "next_gap_or_overlap",
    "wire_text",
]
