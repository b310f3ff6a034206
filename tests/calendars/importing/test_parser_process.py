from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from calendars.importing.parser_process import FileRefused, read
from tests.calendars.ical.samples import WEEKLY, uploaded

if TYPE_CHECKING:
    from pathlib import Path

FALLBACK = "Europe/Copenhagen"


def answer(*events: str, head: str = "") -> dict[str, Any]:
    return read(uploaded(*events, head=head), fallback_tz=FALLBACK)


def proposed(*events: str, head: str = "") -> dict[str, Any]:
    (proposal,) = answer(*events, head=head)["proposals"]
    return proposal


def skipped(*events: str) -> list[str]:
    return [one["reason"] for one in answer(*events)["skipped"]]


def test_a_repeating_event_proposes_a_series() -> None:
    assert proposed(WEEKLY) == {
        "name": "Tuesdays",
        "first_local": "2026-01-06T19:00",
        "tz": "Europe/Berlin",
        "rule": "FREQ=WEEKLY;BYDAY=TU",
        "duration_minutes": 90,
    }


def test_a_single_event_proposes_a_single_session() -> None:
    single = proposed("SUMMARY:Once\nDTSTART;TZID=Africa/Cairo:20260106T190000\nDURATION:PT45M")
    assert (single["rule"], single["duration_minutes"]) == ("", 45)


def test_an_event_without_an_end_lasts_an_hour() -> None:
    assert proposed("DTSTART:20260106T190000Z")["duration_minutes"] == 60


@pytest.mark.parametrize(
    ("tzid", "name"),
    [
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/America/Argentina/Salta", "America/Argentina/Salta"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_the_zone_names_of_other_programs_are_known(tzid: str, name: str) -> None:
    assert proposed(f"DTSTART;TZID={tzid}:20260106T190000")["tz"] == name


def test_a_zone_of_a_program_s_own_making_may_say_where_it_is() -> None:
    made_up = (
        "BEGIN:VTIMEZONE\nTZID:Ours\nX-LIC-LOCATION:Asia/Kathmandu\nBEGIN:STANDARD\n"
        "DTSTART:19700101T000000\nTZOFFSETFROM:+0545\nTZOFFSETTO:+0545\nEND:STANDARD\n"
        "END:VTIMEZONE\n"
    )
    event = "DTSTART;TZID=Ours:20260106T190000"
    assert proposed(event, head=made_up)["tz"] == "Asia/Kathmandu"
    assert skipped(event) == ["zone"]


def test_a_floating_time_is_in_the_calendar_s_zone_or_else_in_the_person_s() -> None:
    event = "DTSTART:20260106T190000\nRRULE:FREQ=DAILY"
    assert proposed(event)["tz"] == FALLBACK
    assert proposed(event, head="X-WR-TIMEZONE:America/Denver\n")["tz"] == "America/Denver"


def test_a_single_instant_in_utc_is_shown_by_the_person_s_clock() -> None:
    single = proposed("DTSTART:20260106T180000Z")
    assert (single["first_local"], single["tz"]) == ("2026-01-06T19:00", FALLBACK)


def test_a_series_in_utc_stays_in_utc_because_its_clock_never_changes() -> None:
    assert proposed("DTSTART:20260106T180000Z\nRRULE:FREQ=WEEKLY")["tz"] == "UTC"


@pytest.mark.parametrize(
    ("reason", "event"),
    [
        ("all_day", "DTSTART;VALUE=DATE:20260106"),
        ("cancelled", f"{WEEKLY}\nSTATUS:CANCELLED"),
        ("exception", f"{WEEKLY}\nRECURRENCE-ID;TZID=Europe/Berlin:20260106T190000"),
        ("first_day", WEEKLY.replace("BYDAY=TU", "BYDAY=WE")),
        ("length", "DTSTART:20260106T190000Z\nDTEND:20260106T180000Z"),
        ("length", "DTSTART:20260106T190000Z\nDURATION:P3D"),
        ("rule", "DTSTART:20260106T190000Z\nRRULE:FREQ=YEARLY;BYWEEKNO=20"),
        ("rule", "DTSTART:20260106T190000Z\nRRULE:FREQ=SECONDLY"),
        ("rule", "DTSTART:20260106T190000Z\nRRULE:nonsense"),
        ("rule", "DTSTART:20260106T190000Z\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY"),
        ("rule", "DTSTART:20260106T190000Z\nRDATE:20260108T190000Z"),
        ("time", "SUMMARY:never"),
        ("time", "DTSTART:20260230T190000Z"),
        ("time", "DTSTART:20260106T190000Z\nDTSTART:20260107T190000Z"),
        ("zone", "DTSTART;TZID=Customized Time Zone:20260106T190000"),
    ],
)
def test_what_proposes_no_series_is_left_out_with_a_reason(reason: str, event: str) -> None:
    assert skipped(event) == [reason]


def test_a_name_is_one_line_of_bounded_length() -> None:
    assert len(proposed(f"SUMMARY:{'x' * 5000}\nDTSTART:20260106T190000Z")["name"]) == 120
    assert proposed("SUMMARY:two\\nlines\nDTSTART:20260106T190000Z")["name"] == "two lines"


def test_a_file_of_an_old_office_program_keeps_its_letters() -> None:
    data = uploaded("SUMMARY:Søvn\nDTSTART:20260106T190000Z").decode().encode("cp1252")
    assert read(data, fallback_tz=FALLBACK)["proposals"][0]["name"] == "Søvn"


def test_a_zone_that_never_stops_changing_is_never_walked_through() -> None:
    bomb = (
        "BEGIN:VTIMEZONE\nTZID:Bomb\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "RRULE:FREQ=SECONDLY\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    times = "DTSTART;TZID=Bomb:20260106T190000\nDTEND;TZID=Bomb:20260106T200000"
    assert answer(times, head=bomb)["skipped"][0]["reason"] == "zone"


STACKED = b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 5
CROSSED = b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n"


def nested(depth: int) -> bytes:
    return b"BEGIN:VCALENDAR\r\n" * depth + b"END:VCALENDAR\r\n" * depth


@pytest.mark.parametrize(
    ("reason", "data"),
    [
        ("empty", uploaded()),
        ("too_many_events", uploaded(*["DTSTART:20260106T190000Z"] * 501)),
        ("too_many_events", uploaded(*["X:1"] * 501).replace(b"VEVENT", b"VE\r\n VENT")),
        ("nested", nested(2)),
        ("nested", nested(8000)),
        ("nested", STACKED),
        ("unreadable", b""),
        ("unreadable", b"<html>Please sign in</html>"),
        ("unreadable", uploaded(WEEKLY)[:-20]),
        ("unreadable", bytes(range(256)) * 500),
        ("unreadable", CROSSED),
    ],
    ids=str,
)
def test_a_hostile_or_broken_file_is_refused(reason: str, data: bytes) -> None:
    with pytest.raises(FileRefused) as raised:
        read(data, fallback_tz=FALLBACK)
    assert raised.value.args == (reason,)


@pytest.mark.data
def test_every_calendar_of_the_wild_is_read_or_refused(shared_data: Path) -> None:
    files = sorted((shared_data / "ical/raw").rglob("*.ics"))
    outcomes = {file.name: outcome(file.read_bytes()) for file in files}
    assert len(outcomes) > 60
    assert outcomes["google-calendar-kiev-tz.ics"] == 1
    assert outcomes["multiple_rrules.ics"] == 0
    assert outcomes["test_with_multiple_tzids_in_vtimezone.ics"] == "unreadable"
    assert sum(isinstance(found, int) for found in outcomes.values()) > 50


def outcome(data: bytes) -> int | str:
    try:
        proposals: list[object] = read(data, fallback_tz=FALLBACK)["proposals"]
    except FileRefused as reason:
        return str(reason)
    return len(proposals)
