"""The answer of an import format for one row: a weekly meeting, or the reason why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from civiltime.errors import CommonhourError
from civiltime.zones import resolve_local

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from civiltime.recurrence import Rule, Weekday


class NotSchedulable(CommonhourError):
    """A row that describes no weekly meeting.

    Attributes:
        label: the row's name, slug or number.
        reason: an English sentence for the operator.
    """

    code = "not_schedulable"

    def __init__(self, label: str, reason: str) -> None:
        self.label = label
        self.reason = reason
        super().__init__(f"{label}: {reason}")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A weekly meeting that can be imported.

    Attributes:
        source: the identity of the row, ``<format>:<key>``; the same at each reading.
        name: one line of at most 80 characters.
        languages: ISO 639-1 codes, in alphabetical order; may be empty.
        first_local: the first session after the reading, a wall clock in ``tz``.
        rule: weekly on one weekday.
        remarks: English sentences about what was assumed, shortened or left out.
    """

    source: str
    name: str
    languages: tuple[str, ...]
    tz: ZoneInfo
    first_local: datetime
    rule: Rule
    duration_minutes: int
    remarks: tuple[str, ...]


def first_local_after(now: datetime, weekday: Weekday, clock: time, tz: ZoneInfo) -> datetime:
    """Return the first wall clock in ``tz`` on this weekday and time whose instant is after now."""
    today = now.astimezone(tz).date()
    local = datetime.combine(today + timedelta((weekday - today.weekday()) % 7), clock)
    return local if resolve_local(local, tz) > now else local + timedelta(weeks=1)
