"""What a calendar that somebody uploads proposes, at a cost that the file cannot choose."""

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
"""Processor time that one file may take."""

WAIT_BEYOND_CPU_LIMIT: Final = timedelta(seconds=6)
"""How much longer the parent waits, for a busy machine to give the child its turns."""

PARSER_COMMAND: Final = (sys.executable, "-m", "calendars.importing.parser_process")
ROOT: Final = Path(__file__).resolve().parents[2]


class UnreadableCalendar(CommonhourError):
    """A file that is no calendar, or not one that can be taken apart safely."""

    code = "unreadable_calendar"

    def __init__(self) -> None:
        super().__init__(
            _("This file is not a calendar we can read. Export it again as iCalendar (.ics).")
        )


class NestedCalendar(CommonhourError):
    """Calendars inside calendars."""

    code = "nested_calendar"

    def __init__(self) -> None:
        super().__init__(
            _("This file holds calendars inside calendars. Export one calendar and upload that.")
        )


class EmptyCalendar(CommonhourError):
    """A calendar without a single event."""

    code = "empty_calendar"

    def __init__(self) -> None:
        super().__init__(_("This calendar has no events. Choose one that has the sessions in it."))


class CalendarIsTooMuch(CommonhourError):
    """A file that is larger, longer or costlier than a group's calendar can be."""

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
    """A series as a calendar proposes it; ``rule`` is empty for a single session."""

    name: str
    first_local: datetime
    tz: str
    rule: str
    duration: timedelta


@dataclass(frozen=True, slots=True)
class SkippedEvent:
    """An event that proposes no series.

    Attributes:
        reason: stable and for machines: ``all_day``, ``cancelled``, ``exception``, ``first_day``,
            ``length``, ``rule``, ``time`` or ``zone``.
    """

    name: str
    reason: str

    def __str__(self) -> str:
        return _sentences()[self.reason]


@dataclass(frozen=True, slots=True)
class ParsedCalendar:
    """Everything that an uploaded calendar proposes, and what of it was left out."""

    proposals: tuple[Proposal, ...]
    skipped: tuple[SkippedEvent, ...]


def read_calendar(
    data: bytes, *, fallback: ZoneInfo, within: timedelta = CPU_LIMIT
) -> ParsedCalendar:
    """Return the series that an uploaded calendar proposes.

    Reads in a child process that knows no secret and is ended when its work takes longer than
    ``within``. Times without a zone are in ``fallback``, unless the calendar names its own.

    Raises:
        CalendarIsTooMuch: more than 256 KiB, 500 events or ``within``.
        EmptyCalendar: no event at all.
        NestedCalendar: components stacked deeper than calendars are.
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
    """Return what the child says; its environment is empty, so there is no secret to lose.

    Raises:
        CalendarIsTooMuch: it was stopped.
        UnreadableCalendar: it fell.
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
    return {
        "all_day": _("It lasts whole days. Add a session with an hour by hand."),
        "cancelled": _("It is cancelled."),
        "exception": _("It changes one date of a series. Move that session after the import."),
        "first_day": _("Its rule does not meet on its own first day. Add this series by hand."),
        "length": _("It ends before it starts, or lasts more than a day. Add it by hand."),
        "rule": _("It repeats in a way that not every calendar understands. Add it by hand."),
        "time": _("Its start cannot be read. Add it by hand."),
        "zone": _("Its time zone is unknown. Add it by hand and choose a place."),
    }
