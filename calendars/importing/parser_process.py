"""What an uploaded calendar proposes, read in a process of its own that may be stopped at any time.

Run as ``python -m calendars.importing.parser_process ZONE SECONDS``: iCalendar on standard input, JSON on
standard output. It knows no Django, no settings and no database, so a file that brings it down takes
nothing along.
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
"""A calendar holds events, which hold alarms; nothing honest goes deeper than one more."""

MAX_NAME_LENGTH: Final = 120
MAX_DURATION: Final = timedelta(days=1)
DEFAULT_DURATION: Final = timedelta(hours=1)


class FileRefused(Exception):
    """The whole file cannot be taken; ``args[0]`` is the reason's code."""


class EventSkipped(Exception):
    """One event cannot be taken; ``args[0]`` is the reason's code."""


class WallTime(NamedTuple):
    """A wall-clock time and the canonical name of its zone."""

    local: datetime
    tz: str

    @property
    def at(self) -> datetime:
        """Return the instant."""
        return resolve_local(self.local, zone(self.tz))


def read(data: bytes, *, fallback_tz: str) -> dict[str, object]:
    """Return the series that a calendar's events propose, and which events do not.

    A time without a zone is taken to be in ``fallback_tz``, unless the calendar names its own.

    Raises:
        FileRefused: the file is no calendar, nested, too deep or too long.
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
        warnings.simplefilter("ignore")  # icalendar guesses at zone names aloud; ours count
        try:
            return Calendar.from_ical(text, multiple=True)
        except Exception:  # noqa: BLE001 - whatever a parser says about a file nobody vouches for
            raise FileRefused("unreadable") from None


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # what an old office program exports


def _check_structure(text: str) -> None:
    """Count events and depth before a parser builds anything.

    Raises:
        FileRefused: as ``read``.
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
    """What the zone names of one calendar are called in the tz database."""

    def __init__(self, calendar: Component, fallback_tz: str) -> None:
        own = _text(calendar.get("X-WR-TIMEZONE"))
        self.default = self._known([own]) or canonical(fallback_tz)
        self.locations = {
            _text(found.get("TZID")): _text(found.get("X-LIC-LOCATION"))
            for found in calendar.walk("VTIMEZONE")
        }

    def canonical(self, tzid: str) -> str:
        """Return the canonical name of a TZID, also of one that Windows or a library made up.

        Raises:
            EventSkipped: nothing in the database goes by this name.
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
    """Return a property as wall clock and zone; a single UTC instant comes in the default zone.

    Raises:
        EventSkipped: it is missing, a mere date, or in an unknown zone.
    """
    found = event.get(name)
    moment = _moment(found)
    if moment is None:
        raise EventSkipped("time")
    if not isinstance(moment, datetime):
        raise EventSkipped("all_day")
    tzid = _text(found.params.get("TZID"))
    if tzid:
        return WallTime(moment.replace(tzinfo=None), names.canonical(tzid))
    if moment.tzinfo is None:
        return WallTime(moment, names.default)
    tz = "UTC" if repeats else names.default
    return WallTime(moment.astimezone(zone(tz)).replace(tzinfo=None), tz)


def _moment(found: object) -> object:
    """Return what a property holds; None when it is missing, twice there or broken."""
    try:
        return getattr(found, "dt", None)
    except BrokenCalendarProperty:
        return None


def _duration(event: Component, start: WallTime, names: _ZoneNames) -> timedelta:
    length = DEFAULT_DURATION
    if "DTEND" in event:
        length = _wall(event, "DTEND", names, repeats=True).at - start.at
    elif "DURATION" in event:
        found = _moment(event["DURATION"])
        length = found if isinstance(found, timedelta) else timedelta()
    if not timedelta(minutes=1) <= length <= MAX_DURATION:
        raise EventSkipped("length")
    return length


def _rule(event: Component, start: WallTime) -> str:
    """Return the rule's canonical text; empty for a single session.

    Raises:
        EventSkipped: the rule is outside what we keep, or does not meet on the first day.
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
    """Read standard input in the given seconds of processor time, or be ended by the kernel."""
    fallback_tz, seconds = sys.argv[1:]
    signal.setitimer(signal.ITIMER_PROF, float(seconds))
    try:
        answer = read(sys.stdin.buffer.read(), fallback_tz=fallback_tz)
    except FileRefused as reason:
        answer = {"refused": reason.args[0]}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
