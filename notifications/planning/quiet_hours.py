"""Quiet hours on the clock of a zone, as instants: over midnight and over a change of clocks."""

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
    """From when to when it is quiet once."""

    begins_at: datetime
    ends_at: datetime


class QuietHours(NamedTuple):
    """Two times of day, in minutes after midnight; an end before the beginning is after midnight."""

    tz: ZoneInfo
    quiet_from: int
    quiet_until: int

    def spans(self, *, after: datetime, before: datetime) -> Iterator[Span]:
        """Yield every span that has not ended ``after`` and begins ``before``, in order.

        A wall-clock time that a clock change skips lies an hour later, one that it repeats is the
        first of the two: as for sessions.
        """
        day = after.astimezone(self.tz).date() - DAY
        while (span := self._of(day)).begins_at < before:
            if span.ends_at > max(after, span.begins_at):  # a gap may swallow a short one
                yield span
            day += DAY

    def around(self, at: datetime) -> Span | None:
        """Return the span in which an instant lies; None when it is not quiet."""
        spans = self.spans(after=at, before=at + DAY)
        return next((span for span in spans if span.begins_at <= at), None)

    def _of(self, day: date) -> Span:
        """Return the span that begins on a local day."""
        last = day if self.quiet_from < self.quiet_until else day + DAY
        return Span(self._at(day, self.quiet_from), self._at(last, self.quiet_until))

    def _at(self, day: date, minutes: int) -> datetime:
        return resolve_local(datetime.combine(day, time(minutes // 60, minutes % 60)), self.tz)
