"""Prints what libical (GNOME, KDE) finds in a calendar, or makes of local times.

Run by the system's Python, which has the bindings:
    libical.py expand CALENDAR AFTER BEFORE
    libical.py offsets QUESTIONS, a JSON list of [VTIMEZONE, [local, ...]]
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timezone
from pathlib import Path

import gi

gi.require_version("ICalGLib", "3.0")

from gi.repository import ICalGLib  # noqa: E402

UTC = ICalGLib.Timezone.get_utc_timezone()
MARGIN = 40 * 86_400


def expand(file: str, after: str, before: str) -> None:
    calendar = ICalGLib.Component.new_from_string(Path(file).read_bytes().decode())
    low, high = (datetime.fromisoformat(text).timestamp() for text in (after, before))
    events = list(components(calendar))
    overrides = {
        (event.get_uid(), instant(calendar, found, found.get_recurrenceid())): event
        for event in events
        for found in properties(event, ICalGLib.PropertyKind.RECURRENCEID_PROPERTY)
    }
    for event in events:
        if event.get_first_property(ICalGLib.PropertyKind.RECURRENCEID_PROPERTY):
            continue
        for start in starts(calendar, event, high + MARGIN):
            actual = overrides.get((event.get_uid(), start), event)
            at = start if actual is event else first_start(calendar, actual)
            if low <= at < high:
                show(actual, at)


def components(calendar):
    kind = ICalGLib.ComponentKind.VEVENT_COMPONENT
    event = calendar.get_first_component(kind)
    while event:
        yield event
        event = calendar.get_next_component(kind)


def properties(event, kind):
    # A list, because the cursor belongs to the event and get_uid() moves it.
    found, every = event.get_first_property(kind), []
    while found:
        every.append(found)
        found = event.get_next_property(kind)
    return every


def time_zone_of(calendar, found):
    parameter = found.get_first_parameter(ICalGLib.ParameterKind.TZID_PARAMETER)
    return calendar.get_timezone(parameter.get_tzid()) if parameter else UTC


def instant(calendar, found, time):
    return time.as_timet_with_zone(time_zone_of(calendar, found))


def first_start(calendar, event):
    found = event.get_first_property(ICalGLib.PropertyKind.DTSTART_PROPERTY)
    return instant(calendar, found, found.get_dtstart())


def starts(calendar, event, end):
    found = event.get_first_property(ICalGLib.PropertyKind.DTSTART_PROPERTY)
    rule = event.get_first_property(ICalGLib.PropertyKind.RRULE_PROPERTY)
    if not rule:
        yield instant(calendar, found, found.get_dtstart())
        return
    skipped = {
        instant(calendar, gap, gap.get_exdate())
        for gap in properties(event, ICalGLib.PropertyKind.EXDATE_PROPERTY)
    }
    zone = time_zone_of(calendar, found)
    first = found.get_dtstart().clone()
    first.set_timezone(zone)
    turns = ICalGLib.RecurIterator.new(rule.get_rrule(), first)
    turn = turns.next()
    while turn and not turn.is_null_time():
        at = turn.as_timet_with_zone(zone)
        if at >= end:
            return
        if at not in skipped:
            yield at
        turn = turns.next()


def show(event, at) -> None:
    status = event.get_first_property(ICalGLib.PropertyKind.STATUS_PROPERTY).get_value_as_string()
    start = f"{datetime.fromtimestamp(at, timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    print(f"{event.get_uid()}\t{start}\t{status}\t{event.get_summary()}")


def offsets(file: str) -> None:
    for vtimezone, locals_ in json.loads(Path(file).read_text()):
        calendar = ICalGLib.Component.new_from_string(
            f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{vtimezone}END:VCALENDAR\r\n"
        )
        name = vtimezone.split("TZID:", 1)[1].split("\r\n", 1)[0]
        zone = calendar.get_timezone(name)
        for local in locals_:
            time = ICalGLib.Time.new_from_string(local.replace("-", "").replace(":", ""))
            print(time.as_timet_with_zone(zone))


if __name__ == "__main__":
    {"expand": expand, "offsets": offsets}[sys.argv[1]](*sys.argv[2:])
