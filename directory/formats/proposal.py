"""What a row of somebody else's list comes to here: a weekly meeting, or the reason why not."""

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
    """A row from which no weekly hour follows.

    Attributes:
        label: what the row is known by: its name, its slug or its number.
        reason: a sentence.
    """

    code = "not_schedulable"

    def __init__(self, label: str, reason: str) -> None:
        self.label = label
        self.reason = reason
        super().__init__(f"{label}: {reason}")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One weekly meeting as it could be held here.

    Attributes:
        source: the row's identity, the same whenever the list is read.
        languages: ISO 639-1 codes, in alphabetical order.
        first_local: the first session after the reading, on the wall clock of ``tz``.
        remarks: sentences about what was filled in, shortened or left out.
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
    """Return the first wall-clock time after an instant that falls on a weekday at an hour."""
    today = now.astimezone(tz).date()
    local = datetime.combine(today + timedelta((weekday - today.weekday()) % 7), clock)
    return local if resolve_local(local, tz) > now else local + timedelta(weeks=1)
