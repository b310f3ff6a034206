"""What we say when a rule is one we do not keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from datetime import date


class UnsupportedRule(CommonhourError):
    """A repetition outside the allow-list.

    Attributes:
        part: the part of the rule that is at fault, named as RFC 5545 names it.
        reason: a sentence that says what is allowed instead.
    """

    code = "unsupported_rule"

    def __init__(self, part: str, reason: str) -> None:
        self.part = part
        self.reason = reason
        super().__init__(reason)


class FirstDayOffRule(UnsupportedRule):
    """A first date on which the rule itself would not meet; calendars disagree about those.

    Attributes:
        offer: the next date on which the rule could begin.
    """

    code = "first_day_off_rule"

    def __init__(self, first: date, offer: date) -> None:
        self.offer = offer
        super().__init__(
            "DTSTART",
            f"The rule does not meet on {first:%Y-%m-%d}. Begin on {offer:%Y-%m-%d}, or change the rule.",
        )
