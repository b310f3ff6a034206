"""How a series repeats: which rules we take, and when their sessions start."""

from scheduler.recurrence.batch import Batch, expand_many
from scheduler.recurrence.expand import (
    Start,
    Wrinkle,
    WrinkledStart,
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
