"""The child process that parses an uploaded calendar file (RFC 5545).

``python -m calendars.importing.parser_process ZONE SECONDS`` reads iCalendar from standard input
and writes JSON to standard output: ``{"proposals": […], "skipped": […]}`` or ``{"refused": code}``.
It imports no Django, no settings and no database, and may be killed at any time.
"""

from __future__ import annotations

import json
import signal
import sys
import warnings
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from icalendar import Calendar, Component
from icalendar.error import BrokenCalendarProperty
from icalendar.parser_tools import to_unicode
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from calendars.ical.event import single_line
from civiltime.recurrence import FirstDayOffRule, Rule, UnsupportedRule, expand
from civiltime.zones import UnknownZone, canonical, resolve_local, zone

MAX_EVENTS: Final = 500
MAX_DEPTH: Final = 4
"""How deep components may be nested: VCALENDAR, VEVENT, VALARM, and one more."""

MAX_NAME_LENGTH: Final = 120
MAX_DURATION: Final = timedelta(days=1)
DEFAULT_DURATION: Final = timedelta(hours=1)


class FileRefused(Exception):
    """The file proposes nothing. ``args[0]``: empty, nested, too_many_events or unreadable."""


class EventSkipped(Exception):
    """An event proposes no series; ``args[0]`` is a code of ``reader.SkippedEvent``."""


class WallTime(NamedTuple):
    """A wall-clock time and the canonical name of its zone."""

    local: datetime
    tz: str

    @property
    def at(self) -> datetime:
        """Return the instant in UTC."""
        return resolve_local(self.local, zone(self.tz))


def read(data: bytes, *, fallback_tz: str) -> dict[str, object]:
    """Return the answer as it is written in JSON, events in the file's order.

    A proposal has ``name``, ``first_local`` (ISO 8601, to the minute), ``tz``, ``rule`` and
    ``duration_minutes``; a skipped event has ``name`` and ``reason``. A time without a zone is in
    ``fallback_tz``, unless the calendar has an X-WR-TIMEZONE.

    Raises:
        FileRefused: the file is no calendar, has no event or too many, or is nested.
    """
    text = _decode(data)
    _check_structure(text)
    calendars = _parse(text)
    proposals: list[dict[str, object]] = []
    skipped: list[dict[str, str]] = []
    for calendar in calendars:
        names = _ZoneNames(calendar, fallback_tz)
        for event in calendar.walk("VEVENT"):
            try:
                proposals.append(_proposal(event, names))
            except EventSkipped as reason:
                skipped.append({"name": _name(event), "reason": reason.args[0]})
    if not proposals and not skipped:
        raise FileRefused("empty")
    return {"proposals": proposals, "skipped": skipped}


def _parse(text: str) -> list[Calendar]:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # icalendar warns about zone names that we resolve ourselves
        try:
            return Calendar.from_ical(text, multiple=True)
        except Exception:  # noqa: BLE001 - a hostile file may make a parser raise anything
            raise FileRefused("unreadable") from None


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # old versions of Outlook


def _check_structure(text: str) -> None:
    """Check nesting and the number of events before a parser builds objects.

    Raises:
        FileRefused: nested, too_many_events or unreadable.
    """
    unfolded = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "")
    open_parts: list[str] = []
    events = calendars = 0
    for line in unfolded.split("\n"):
        word, _, name = line.strip().upper().partition(":")
        if word == "BEGIN":
            open_parts.append(name)
            events += name == "VEVENT"
            calendars += name == "VCALENDAR"
        elif word == "END" and (not open_parts or open_parts.pop() != name):
            raise FileRefused("unreadable")
        if len(open_parts) > MAX_DEPTH or "VCALENDAR" in open_parts[1:]:
            raise FileRefused("nested")
        if events > MAX_EVENTS:
            raise FileRefused("too_many_events")
    if open_parts or not calendars:
        raise FileRefused("unreadable")


class _ZoneNames:
    """The zone names of one calendar, and what the tz database calls them."""

    def __init__(self, calendar: Component, fallback_tz: str) -> None:
        own = _text(calendar.get("X-WR-TIMEZONE"))
        self.default = self._known([own]) or canonical(fallback_tz)
        self.locations = {
            _text(zone_part.get("TZID")): _text(zone_part.get("X-LIC-LOCATION"))
            for zone_part in calendar.walk("VTIMEZONE")
        }

    def canonical(self, tzid: str) -> str:
        """Return the canonical name of a TZID, also of a Windows name or a vendor's path.

        Raises:
            EventSkipped: the database has no such zone.
        """
        tail = tzid.strip("/").split("/")
        guesses = [tzid, WINDOWS_TO_OLSON.get(tzid, ""), self.locations.get(tzid, "")]
        guesses += ["/".join(tail[-parts:]) for parts in (2, 3) if len(tail) > parts]
        known = self._known(guesses)
        if known is None:
            raise EventSkipped("zone")
        return known

    @staticmethod
    def _known(guesses: list[str]) -> str | None:
        for guess in filter(None, guesses):
            try:
                return canonical(guess)
            except UnknownZone:
                continue
        return None


def _proposal(event: Component, names: _ZoneNames) -> dict[str, object]:
    if _text(event.get("STATUS")).upper() == "CANCELLED":
        raise EventSkipped("cancelled")
    if "RECURRENCE-ID" in event:
        raise EventSkipped("exception")
    repeats = "RRULE" in event or "RDATE" in event
    start = _wall(event, "DTSTART", names, repeats=repeats)
    duration = _duration(event, start, names)
    return {
        "name": _name(event),
        "first_local": start.local.isoformat(timespec="minutes"),
        "tz": start.tz,
        "rule": _rule(event, start),
        "duration_minutes": int(duration.total_seconds() // 60),
    }


def _wall(event: Component, name: str, names: _ZoneNames, *, repeats: bool) -> WallTime:
    """Return a date-time property as wall clock and zone (RFC 5545, 3.3.5).

    A repeating event in UTC stays in UTC; a single instant is converted to the default zone.

    Raises:
        EventSkipped: it is missing or broken, a date, or in an unknown zone.
    """
    value = event.get(name)
    moment = _moment(value)
    if moment is None:
        raise EventSkipped("time")
    if not isinstance(moment, datetime):
        raise EventSkipped("all_day")
    tzid = _text(value.params.get("TZID"))
    if tzid:
        return WallTime(moment.replace(tzinfo=None), names.canonical(tzid))
    if moment.tzinfo is None:
        return WallTime(moment, names.default)
    tz = "UTC" if repeats else names.default
    return WallTime(moment.astimezone(zone(tz)).replace(tzinfo=None), tz)


def _moment(value: object) -> object:
    """Return the value of a property; None if it is missing, repeated or broken."""
    try:
        return getattr(value, "dt", None)
    except BrokenCalendarProperty:
        return None


def _duration(event: Component, start: WallTime, names: _ZoneNames) -> timedelta:
    """Return DTEND minus DTSTART, or DURATION, or an hour.

    Raises:
        EventSkipped: less than a minute or more than a day.
    """
    length = DEFAULT_DURATION
    if "DTEND" in event:
        length = _wall(event, "DTEND", names, repeats=True).at - start.at
    elif "DURATION" in event:
        value = _moment(event["DURATION"])
        length = value if isinstance(value, timedelta) else timedelta()
    if not timedelta(minutes=1) <= length <= MAX_DURATION:
        raise EventSkipped("length")
    return length


def _rule(event: Component, start: WallTime) -> str:
    """Return the canonical RRULE text; empty for a single session.

    Raises:
        EventSkipped: the rule is outside the allow-list, or its first start is not DTSTART.
    """
    if "RDATE" in event or "EXRULE" in event or isinstance(event.get("RRULE"), list):
        raise EventSkipped("rule")
    if "RRULE" not in event:
        return ""
    tz = zone(start.tz)
    text = to_unicode(event["RRULE"].to_ical())
    try:
        rule = Rule.parse(text, first_local=start.local, tz=tz)
        expand(rule, first_local=start.local, tz=tz, after=start.at, before=start.at)
    except FirstDayOffRule:
        raise EventSkipped("first_day") from None
    except UnsupportedRule:
        raise EventSkipped("rule") from None
    return str(rule)


def _name(event: Component) -> str:
    return single_line(_text(event.get("SUMMARY")))[:MAX_NAME_LENGTH].strip()


def _text(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    return "" if value is None else str(value)


def main() -> None:
    """Parse standard input; after the given seconds of processor time SIGPROF ends the process."""
    fallback_tz, seconds = sys.argv[1:]
    signal.setitimer(signal.ITIMER_PROF, float(seconds))
    try:
        answer = read(sys.stdin.buffer.read(), fallback_tz=fallback_tz)
    except FileRefused as reason:
        answer = {"refused": reason.args[0]}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
