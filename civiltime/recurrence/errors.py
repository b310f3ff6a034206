"""Errors of recurrence rules that are not supported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from datetime import date


class UnsupportedRule(CommonhourError):
    """A recurrence rule outside the allow-list.

    Attributes:
        part: the part of the rule at fault, by its RFC 5545 name.
        reason: a sentence that says what is allowed instead.
    """

    code = "unsupported_rule"

    def __init__(self, part: str, reason: str) -> None:
        self.part = part
        self.reason = reason
        super().__init__(reason)


class FirstDayOffRule(UnsupportedRule):
    """A first date that is not an occurrence of the rule; calendars disagree about such series.

    Attributes:
        next_valid: the next local date on which the rule can begin.
    """

    code = "first_day_off_rule"

    def __init__(self, first: date, next_valid: date) -> None:
        self.next_valid = next_valid
        super().__init__(
            "DTSTART",
            f"The rule does not meet on {first:%Y-%m-%d}. Begin on {next_valid:%Y-%m-%d}, or change the rule.",
        )
