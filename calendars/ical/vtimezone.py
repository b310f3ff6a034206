"""A time zone as a VTIMEZONE (RFC 5545, 3.6.5) that every reader understands alike.

``icalendar`` has a writer too, but its RDATEs make ical.js wrong in a third of all zones. This one
writes no RDATE, one observance for each onset, and one open pair of yearly rules at the end:
Outlook uses only the observance that starts last.
"""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from civiltime.transitions import transitions

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from civiltime.posix_tz import Footer, YearlyChange

EXPLICIT_YEARS: Final = 10
"""For how many years onsets are written one by one where no yearly rule fits."""

LAST_OF_MONTH: Final = 5
"""In a POSIX TZ rule week 5 means the last such weekday of the month."""

WEEKDAYS: Final = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
FEBRUARY: Final = 2
SECONDS_PER_DAY: Final = 86_400


class Onset(NamedTuple):
    """A change of a zone's offset.

    Attributes:
        at: seconds since 1970-01-01 00:00 UTC.
        before, after: offsets in seconds, east of Greenwich positive.
        rrule: the value of an RRULE that repeats it for ever; empty if it happens once.
    """

    at: int
    before: int
    after: int
    rrule: str = ""


@cache
def vtimezone(tz: ZoneInfo, *, since: int) -> bytes:
    """Return the VTIMEZONE of a zone, right for at least ten years from the start of a year.

    It is open-ended where a yearly rule fits, and has single onsets where none does (Cairo: the
    last Thursday at 24:00 can be the first of the next month; Casablanca follows Ramadan).

    Args:
        tz: a zone of the tz database.
        since: a year, in UTC.

    Raises:
        ValueError: the zone has no name in the database.
    """
    # A day early, because the observance must begin before the earliest local time of the year
    # on either side of the date line: ical.js counts anything earlier as UTC.
    start = int((datetime(since, 1, 1, tzinfo=UTC) - timedelta(days=1)).timestamp())
    end = int(datetime(since + EXPLICIT_YEARS, 1, 1, tzinfo=UTC).timestamp())
    known = transitions(tz)
    columns = (known.utc_seconds, known.offset_before, known.offset_after)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    onsets = [Onset(*row) for row in rows if start < row[0] < end]
    tail = _open_tail(onsets, known.footer, since=since)
    if tail:
        onsets = [onset for onset in onsets if onset.at < tail[0].at]
    base = _offset_at(tz, start)
    parts = [_observance(tz, onset) for onset in [Onset(start, base, base), *onsets, *tail]]
    lines = ["BEGIN:VTIMEZONE", f"TZID:{tz.key}", *parts, "END:VTIMEZONE", ""]
    return "\r\n".join(lines).encode("ascii")


def _open_tail(onsets: list[Onset], footer: Footer, *, since: int) -> list[Onset]:
    """Return the two onsets, in order, after which yearly rules describe all that follows.

    Empty if there are none in the ten years, or if an RRULE cannot express the rules.
    """
    if footer.begin is None or footer.end is None:
        return []
    begin_rule, end_rule = _rrule(footer.begin), _rrule(footer.end)
    if begin_rule is None or end_rule is None:
        return []
    rules = {footer.summer_offset: begin_rule, footer.standard_offset: end_rule}
    known = {(onset.at, onset.after): onset for onset in onsets}
    tail: list[Onset] = []
    for year in reversed(range(since, since + EXPLICIT_YEARS)):
        pair = footer.changes(year)
        if not all(change in known for change in pair):
            break
        tail = [known[change]._replace(rrule=rules[change[1]]) for change in pair]
    return tail


def _rrule(change: YearlyChange) -> str | None:
    """Return the value of the RRULE of a POSIX day rule (RFC 5545, 3.3.10); None if there is none.

    A time after 24:00 or before 00:00 moves the weekday: Nuuk changes at 23:00 on the day before
    the last Sunday, which is not always the last Saturday. A range of BYMONTHDAY expresses that as
    long as it stays inside the month in every year.
    """
    days_later = change.wall_seconds // SECONDS_PER_DAY
    weekday = WEEKDAYS[(change.weekday + days_later) % 7]
    yearly = f"FREQ=YEARLY;BYMONTH={change.month}"
    if not days_later:
        nth = -1 if change.nth == LAST_OF_MONTH else change.nth
        return f"{yearly};BYDAY={nth}{weekday}"
    length = calendar.monthrange(2001, change.month)[1]  # any year without a leap day
    first = (length - 6 if change.nth == LAST_OF_MONTH else 7 * change.nth - 6) + days_later
    leaps = change.month == FEBRUARY and change.nth == LAST_OF_MONTH
    if first < 1 or first + 6 > length or leaps:
        return None
    days = ",".join(str(day) for day in range(first, first + 7))
    return f"{yearly};BYDAY={weekday};BYMONTHDAY={days}"


def _observance(tz: ZoneInfo, onset: Onset) -> str:
    """Return a STANDARD or DAYLIGHT sub-component without its last line end."""
    local = datetime.fromtimestamp(onset.at + onset.before, UTC)  # on the clock that ends
    after = datetime.fromtimestamp(onset.at, tz)
    kind = "DAYLIGHT" if after.dst() else "STANDARD"
    lines = [
        f"BEGIN:{kind}",
        f"DTSTART:{local:%Y%m%dT%H%M%S}",
        *([f"RRULE:{onset.rrule}"] if onset.rrule else []),
        f"TZNAME:{after.tzname()}",
        f"TZOFFSETFROM:{_format_offset(onset.before)}",
        f"TZOFFSETTO:{_format_offset(onset.after)}",
        f"END:{kind}",
    ]
    return "\r\n".join(lines)


def _offset_at(tz: ZoneInfo, instant: int) -> int:
    """Return the offset in seconds at an instant in seconds since 1970."""
    offset = datetime.fromtimestamp(instant, tz).utcoffset() or timedelta()
    return int(offset.total_seconds())


def _format_offset(seconds: int) -> str:
    """Return a UTC-OFFSET (3.3.14): ``+hhmm``, or ``+hhmmss`` for a local mean time."""
    sign = "-" if seconds < 0 else "+"
    minutes, rest = divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60:02d}{minutes % 60:02d}" + (f"{rest:02d}" if rest else "")
