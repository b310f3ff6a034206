"""Strict parsing of RFC 5545 RRULE text, in time linear in its length."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypedDict, TypeVar

from civiltime.recurrence.errors import UnsupportedRule
from civiltime.recurrence.rule_parts import Frequency, NthWeekday, Weekday
from civiltime.transitions import FIRST_YEAR, LAST_YEAR
from civiltime.zones import resolve_local

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

MAX_TEXT_LENGTH: Final = 300
ALLOWED_PARTS: Final = ("FREQ", "UNTIL", "COUNT", "INTERVAL", "BYDAY", "BYMONTHDAY", "WKST")

_NUMBER: Final = re.compile(r"[0-9]{1,4}", re.ASCII)
_DAY: Final = re.compile(r"([+-]?[0-9])?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_UNTIL: Final = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?", re.ASCII)

T = TypeVar("T")


class RuleFields(TypedDict, total=False):
    """The values of a rule's text by part; parts that are absent have no key."""

    frequency: Frequency
    interval: int
    weekdays: tuple[Weekday | NthWeekday, ...]
    month_days: tuple[int, ...]
    count: int
    until_local: date
    week_start: Weekday


def read_fields(text: str, *, first_local: datetime | None, tz: ZoneInfo | None) -> RuleFields:
    """Return the values of a rule's text, each well-formed but not yet checked together.

    ``first_local`` is naive, in ``tz``; both serve to convert an UNTIL in UTC to a local date.

    Raises:
        UnsupportedRule: a part is unknown, repeated or malformed.
    """
    parts = _split(text)
    if "FREQ" not in parts:
        raise UnsupportedRule("FREQ", "Say how often: FREQ=DAILY, WEEKLY or MONTHLY.")
    fields = RuleFields(frequency=_frequency(parts["FREQ"]))
    if "INTERVAL" in parts:
        fields["interval"] = _number("INTERVAL", parts["INTERVAL"])
    if "COUNT" in parts:
        fields["count"] = _number("COUNT", parts["COUNT"])
    if "BYMONTHDAY" in parts:
        fields["month_days"] = _each(parts["BYMONTHDAY"], lambda day: _number("BYMONTHDAY", day))
    if "BYDAY" in parts:
        fields["weekdays"] = _each(parts["BYDAY"], _day)
    if "WKST" in parts:
        fields["week_start"] = _week_start(parts["WKST"])
    if "UNTIL" in parts:
        fields["until_local"] = _until_local(parts["UNTIL"], first_local, tz)
    return _daily_on_weekdays_is_weekly(fields)


def _split(text: str) -> dict[str, str]:
    if len(text) > MAX_TEXT_LENGTH:
        raise UnsupportedRule("RRULE", f"A rule has at most {MAX_TEXT_LENGTH} characters.")
    parts: dict[str, str] = {}
    for piece in text.strip().upper().split(";"):
        name, _, value = piece.partition("=")
        if name not in ALLOWED_PARTS:
            raise UnsupportedRule(
                name[:20] or "RRULE",
                f"Only these parts are understood: {', '.join(ALLOWED_PARTS)}.",
            )
        if name in parts:
            raise UnsupportedRule(name, f"Say {name} only once.")
        parts[name] = value
    return parts


def _frequency(value: str) -> Frequency:
    try:
        return Frequency(value)
    except ValueError:
        raise UnsupportedRule("FREQ", "A series is DAILY, WEEKLY or MONTHLY.") from None


def _number(part: str, value: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise UnsupportedRule(part, f"{part} takes a whole number without a sign.")
    return int(value)


def _each(value: str, read: Callable[[str], T]) -> tuple[T, ...]:
    return tuple(read(item) for item in value.split(","))


def _day(value: str) -> Weekday | NthWeekday:
    match = _DAY.fullmatch(value)
    if match is None:
        raise UnsupportedRule("BYDAY", "BYDAY takes days such as TU, 1TU or -1TU.")
    nth, name = match.groups()
    weekday = Weekday[name]
    return weekday if nth is None else NthWeekday(int(nth), weekday)


def _week_start(value: str) -> Weekday:
    try:
        return Weekday[value]
    except KeyError:
        raise UnsupportedRule("WKST", "WKST takes one day such as MO.") from None


def _until_local(value: str, first_local: datetime | None, tz: ZoneInfo | None) -> date:
    """Return the last local date on which a session may start."""
    if not _UNTIL.fullmatch(value):
        raise UnsupportedRule("UNTIL", "UNTIL takes a date such as 20271231.")
    try:
        day = datetime.strptime(value[:8], "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
        moment = datetime.strptime(value[:15], "%Y%m%dT%H%M%S") if "T" in value else None  # noqa: DTZ007 - read below
    except ValueError:
        raise UnsupportedRule("UNTIL", "UNTIL names a day that does not exist.") from None
    if not FIRST_YEAR <= day.year < LAST_YEAR:
        raise UnsupportedRule("UNTIL", f"UNTIL lies between {FIRST_YEAR} and {LAST_YEAR}.")
    if moment is None:
        return day
    if first_local is None or tz is None:
        raise UnsupportedRule("UNTIL", "Without its first session, UNTIL takes a date only.")
    if value.endswith("Z"):
        return _last_date_until(moment.replace(tzinfo=UTC), first_local, tz)
    return day if first_local.time() <= moment.time() else day - timedelta(days=1)


def _last_date_until(until: datetime, first_local: datetime, tz: ZoneInfo) -> date:
    """Return the last local date whose session starts no later than an aware instant."""
    day = until.astimezone(tz).date() + timedelta(days=1)
    while resolve_local(datetime.combine(day, first_local.time()), tz) > until:
        day -= timedelta(days=1)
    return day


def _daily_on_weekdays_is_weekly(fields: RuleFields) -> RuleFields:
    """Return a daily rule with weekdays as the weekly rule that it equals."""
    if (
        fields["frequency"] is Frequency.DAILY
        and fields.get("interval", 1) == 1
        and "weekdays" in fields
    ):
        fields["frequency"] = Frequency.WEEKLY
    return fields
