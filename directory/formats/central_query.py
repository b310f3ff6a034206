"""The list of online meetings that Code for Recovery's central-query serves as JSON.

Fields that are read: ``slug``, ``name``, ``day`` (ISO 8601: 1 is Monday), ``time`` (HH:MM, local),
``timezone`` (a name of the tz database), ``duration`` (minutes), ``languages`` (ISO 639-1) and
``archived``. Contacts, links, pass codes and notes are never read.
"""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from civiltime import zones
from civiltime.recurrence import Frequency, Rule, Weekday
from directory.formats.json_list import one_line, read_rows
from directory.formats.proposal import NotSchedulable, Proposal, first_local_after

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

MAX_NAME_LENGTH: Final = 80
MAX_SLUG_LENGTH: Final = 100
DEFAULT_DURATION_MINUTES: Final = 60
DURATION_RANGE_MINUTES: Final = range(10, 241)

_TIME_OF_DAY: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_LANGUAGE: Final = re.compile(r"[a-z]{2}", re.ASCII)

Row: TypeAlias = dict[str, Any]


class _InvalidField(Exception):
    """One field cannot be used; the text is a sentence that says why."""


def read_meetings(raw: bytes, *, now: datetime) -> list[Proposal | NotSchedulable]:
    """Return one answer for each row, in the file's order.

    A row whose slug an earlier row has is not schedulable.

    Args:
        raw: the bytes of the file.
        now: aware; the first sessions are after it.

    Raises:
        UnreadableList: the file is larger than 32 MiB, is not JSON, or is not an array.
    """
    answers: list[Proposal | NotSchedulable] = []
    seen: set[str] = set()
    for number, row in enumerate(read_rows(raw), start=1):
        try:
            proposal = propose(row, label=f"row {number}", now=now)
        except NotSchedulable as refusal:
            answers.append(refusal)
            continue
        is_twice = proposal.source in seen
        seen.add(proposal.source)
        answers.append(_duplicate(proposal) if is_twice else proposal)
    return answers


def propose(row: object, *, label: str = "a row", now: datetime) -> Proposal:
    """Return the weekly meeting that one row describes.

    Args:
        row: any JSON value.
        label: what the refusal calls a row without name and slug.
        now: aware; the first session is after it.

    Raises:
        NotSchedulable: it is no object, is archived, or has no slug, name, zone, weekday or time.
    """
    if not isinstance(row, dict):
        raise NotSchedulable(label, "It is not an object with fields.")
    try:
        return _propose(row, now)
    except _InvalidField as invalid:
        label = one_line(row.get("name")) or one_line(row.get("slug")) or label
        raise NotSchedulable(label, str(invalid)) from None


def _propose(row: Row, now: datetime) -> Proposal:
    if row.get("archived") is True:
        raise _InvalidField("The list itself says that it is archived.")
    remarks: list[str] = []
    weekday, clock = _weekday_and_time(row)
    tz = _zone(row, remarks)
    return Proposal(
        source=f"central-query:{_slug(row)}",
        name=_name(row, remarks),
        languages=_languages(row, remarks),
        tz=tz,
        first_local=first_local_after(now, weekday, clock, tz),
        rule=Rule(Frequency.WEEKLY, weekdays=(weekday,)),
        duration_minutes=_minutes(row, remarks),
        remarks=tuple(remarks),
    )


def _duplicate(proposal: Proposal) -> NotSchedulable:
    slug = proposal.source.partition(":")[2]
    return NotSchedulable(proposal.name, f"An earlier row has the same slug, “{slug}”.")


def _slug(row: Row) -> str:
    slug = one_line(row.get("slug"))
    if not 1 <= len(slug) <= MAX_SLUG_LENGTH:
        raise _InvalidField(
            f"It has no slug of 1 to {MAX_SLUG_LENGTH} characters to know it by next time."
        )
    return slug


def _name(row: Row, remarks: list[str]) -> str:
    name = one_line(row.get("name"))
    if not name:
        raise _InvalidField("It has no name.")
    if len(name) > MAX_NAME_LENGTH:
        remarks.append(f"The name was shortened to {MAX_NAME_LENGTH} characters.")
        name = f"{name[: MAX_NAME_LENGTH - 1].rstrip()}…"
    return name


def _weekday_and_time(row: Row) -> tuple[Weekday, time]:
    day, clock = row.get("day"), row.get("time")
    if day is None or clock is None:
        raise _InvalidField(
            "It has no weekday and time: it goes on at all hours, or by appointment."
        )
    if type(day) is not int or not 1 <= day <= len(Weekday):
        raise _InvalidField(f"Its day is {_excerpt(day)}; days go from 1, Monday, to 7, Sunday.")
    match = _TIME_OF_DAY.fullmatch(clock) if isinstance(clock, str) else None
    if match is None:
        raise _InvalidField(f"Its time is {_excerpt(clock)}, not one such as “18:30”.")
    hour, minute = match.groups()
    return Weekday(day - 1), time(int(hour), int(minute))


def _zone(row: Row, remarks: list[str]) -> ZoneInfo:
    name = row.get("timezone")
    if not isinstance(name, str) or not name.strip():
        raise _InvalidField("It has no time zone.")
    try:
        tz = zones.zone(name)
    except zones.UnknownZone:
        raise _InvalidField(f"Its time zone {_excerpt(name)} is not one we know.") from None
    if tz.key != name:
        remarks.append(f"The zone {name} is called {tz.key} today.")
    return tz


def _languages(row: Row, remarks: list[str]) -> tuple[str, ...]:
    given = row.get("languages")
    codes = given if isinstance(given, list) else []
    kept = {code for code in codes if isinstance(code, str) and _LANGUAGE.fullmatch(code)}
    if not kept:
        remarks.append("No language is given.")
    elif len(kept) < len(codes):
        remarks.append("A language that is no two-letter code was left out.")
    return tuple(sorted(kept))


def _minutes(row: Row, remarks: list[str]) -> int:
    minutes = row.get("duration")
    if minutes is None:
        remarks.append(f"No duration is given; {DEFAULT_DURATION_MINUTES} minutes are assumed.")
        return DEFAULT_DURATION_MINUTES
    if type(minutes) is not int or minutes not in DURATION_RANGE_MINUTES:
        first, last = DURATION_RANGE_MINUTES[0], DURATION_RANGE_MINUTES[-1]
        raise _InvalidField(
            f"Its duration is {_excerpt(minutes)}; sessions last {first} to {last} minutes."
        )
    return minutes


def _excerpt(value: object) -> str:
    """Return a wrong value for a report: at most 40 characters on one line."""
    return one_line(repr(value))[:40]
