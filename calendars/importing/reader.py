"""Read an uploaded calendar file in a child process with bounded size, time and rights."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MAX_FILE_BYTES: Final = 256 * 1024
"""Bytes."""

CPU_LIMIT: Final = timedelta(seconds=2)
"""Processor time for one file."""

WAIT_BEYOND_CPU_LIMIT: Final = timedelta(seconds=6)
"""How much longer the parent waits, because a busy machine may not schedule the child."""

PARSER_COMMAND: Final = (sys.executable, "-m", "calendars.importing.parser_process")
ROOT: Final = Path(__file__).resolve().parents[2]


class UnreadableCalendar(CommonhourError):
    """The file is not a calendar, or the parser failed on it."""

    code = "unreadable_calendar"

    def __init__(self) -> None:
        super().__init__(
            _("This file is not a calendar we can read. Export it again as iCalendar (.ics).")
        )


class NestedCalendar(CommonhourError):
    """The file nests calendars, or components deeper than calendars do."""

    code = "nested_calendar"

    def __init__(self) -> None:
        super().__init__(
            _("This file holds calendars inside calendars. Export one calendar and upload that.")
        )


class EmptyCalendar(CommonhourError):
    """The calendar has no event."""

    code = "empty_calendar"

    def __init__(self) -> None:
        super().__init__(_("This calendar has no events. Choose one that has the sessions in it."))


class CalendarIsTooMuch(CommonhourError):
    """The file exceeds the limit of bytes, events or processor time."""

    code = "calendar_is_too_much"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This calendar is too large. Export only the group's own sessions: "
                "at most 500 events and 256 KiB."
            )
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """A series that an event proposes.

    Attributes:
        name: one line of at most 120 characters; may be empty.
        first_local: wall clock in ``tz``.
        tz: canonical name of the zone in the tz database.
        rule: canonical RRULE text; empty for a single session.
        duration: at least a minute, at most a day.
    """

    name: str
    first_local: datetime
    tz: str
    rule: str
    duration: timedelta


@dataclass(frozen=True, slots=True)
class SkippedEvent:
    """An event that proposes no series. As text: a translated sentence that says why.

    Attributes:
        reason: a stable code: ``all_day``, ``cancelled``, ``exception``, ``first_day``,
            ``length``, ``rule``, ``time`` or ``zone``.
    """

    name: str
    reason: str

    def __str__(self) -> str:
        return _sentences()[self.reason]


@dataclass(frozen=True, slots=True)
class ParsedCalendar:
    """The series that a file proposes, and its other events, each in the file's order."""

    proposals: tuple[Proposal, ...]
    skipped: tuple[SkippedEvent, ...]


def read_calendar(
    data: bytes, *, fallback: ZoneInfo, within: timedelta = CPU_LIMIT
) -> ParsedCalendar:
    """Return the series that an uploaded calendar (RFC 5545) proposes.

    The file is parsed by a child process without environment, which is killed when it exceeds
    its limits.

    Args:
        data: the bytes of the file.
        fallback: the zone of times without one, unless the calendar has an X-WR-TIMEZONE.
        within: processor time of the child.

    Raises:
        CalendarIsTooMuch: more than 256 KiB, 500 events or ``within``.
        EmptyCalendar: no event.
        NestedCalendar: components nested deeper than calendars do.
        UnreadableCalendar: anything else that is no calendar.
    """
    if len(data) > MAX_FILE_BYTES:
        raise CalendarIsTooMuch
    answer = _run_parser(data, fallback.key, within)
    if "refused" in answer:
        raise _REFUSALS[answer["refused"]]
    return ParsedCalendar(
        tuple(_proposal(**row) for row in answer["proposals"]),
        tuple(SkippedEvent(**row) for row in answer["skipped"]),
    )


_REFUSALS: Final[dict[str, type[CommonhourError]]] = {
    "empty": EmptyCalendar,
    "nested": NestedCalendar,
    "too_many_events": CalendarIsTooMuch,
    "unreadable": UnreadableCalendar,
}


def _run_parser(data: bytes, fallback_tz: str, within: timedelta) -> dict[str, Any]:
    """Return the child's JSON. Its environment is empty, so that it knows no secret.

    Raises:
        CalendarIsTooMuch: it exceeded its processor time, or did not finish in time.
        UnreadableCalendar: it ended with an error.
    """
    try:
        child = subprocess.run(  # noqa: S603 - our own program, and no shell
            [*PARSER_COMMAND, fallback_tz, str(within.total_seconds())],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={},
            timeout=(within + WAIT_BEYOND_CPU_LIMIT).total_seconds(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CalendarIsTooMuch from None
    if child.returncode == -signal.SIGPROF:
        raise CalendarIsTooMuch
    if child.returncode:
        raise UnreadableCalendar
    answer: dict[str, Any] = json.loads(child.stdout)
    return answer


def _proposal(
    *, name: str, first_local: str, tz: str, rule: str, duration_minutes: int
) -> Proposal:
    return Proposal(
        name, datetime.fromisoformat(first_local), tz, rule, timedelta(minutes=duration_minutes)
    )


def _sentences() -> dict[str, str]:
    """Return the translated sentence of each reason of ``SkippedEvent``."""
    return {
        "all_day": _("It lasts whole days. Add a session with a time by hand."),
        "cancelled": _("It is cancelled."),
        "exception": _("It changes one date of a series. Move that session after the import."),
        "first_day": _("Its first date does not fit how it repeats. Add it by hand."),
        "length": _("It ends before it starts, or lasts more than a day. Add it by hand."),
        "rule": _("It repeats in a way that not every calendar understands. Add it by hand."),
        "time": _("Its start cannot be read. Add it by hand."),
        "zone": _("Its time zone is unknown. Add it by hand and choose a place."),
    }
