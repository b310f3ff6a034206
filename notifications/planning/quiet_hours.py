"""Quiet hours in a time zone as instants, across midnight and clock changes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from civiltime.zones import resolve_local

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

DAY: Final = timedelta(days=1)


class Span(NamedTuple):
    """One span of quiet: from ``begins_at``, which belongs to it, to ``ends_at``, which does not."""

    begins_at: datetime
    ends_at: datetime


class QuietHours(NamedTuple):
    """Two local times of day in minutes after midnight; an end before the begin is the next day."""

    tz: ZoneInfo
    quiet_from: int
    quiet_until: int

    def spans(self, *, after: datetime, before: datetime) -> Iterator[Span]:
        """Yield every span that ends later than ``after`` and begins before ``before``, in order.

        A local time inside a gap shifts forward by its length, one inside an overlap is the first
        of the two, as for sessions (RFC 5545, 3.3.5).
        """
        day = after.astimezone(self.tz).date() - DAY
        while (span := self._of(day)).begins_at < before:
            if span.ends_at > max(after, span.begins_at):  # empty if it lies within a gap
                yield span
            day += DAY

    def around(self, at: datetime) -> Span | None:
        """Return the span that contains an instant, if there is one."""
        spans = self.spans(after=at, before=at + DAY)
        return next((span for span in spans if span.begins_at <= at), None)

    def _of(self, day: date) -> Span:
        """Return the span that begins on a local day."""
        last = day if self.quiet_from < self.quiet_until else day + DAY
        return Span(self._at(day, self.quiet_from), self._at(last, self.quiet_until))

    def _at(self, day: date, minutes: int) -> datetime:
        return resolve_local(datetime.combine(day, time(minutes // 60, minutes % 60)), self.tz)
