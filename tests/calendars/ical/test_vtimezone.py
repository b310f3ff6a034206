from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from calendars.ical.vtimezone import vtimezone
from civiltime.zones import canonical_names
from tests.readers.programs import ZONE_READERS, Reader

if TYPE_CHECKING:
    from pathlib import Path

YEAR = 2026


def written(name: str, since: int = YEAR) -> str:
    return vtimezone(ZoneInfo(name), since=since).decode()


@pytest.mark.data
@pytest.mark.parametrize("reader", ZONE_READERS, ids=lambda reader: reader.name)
def test_every_zone_means_the_same_to_other_programs(
    reader: Reader, shared_data: Path, tmp_path: Path
) -> None:
    reader.require()
    packed = shared_data / "ical/vtimezone/points_2026_2035.json.gz"
    points: dict[str, list[tuple[str, int, str]]] = json.loads(gzip.decompress(packed.read_bytes()))
    certain = [
        (name, [(local, unix) for local, unix, kind in rows if kind == "plain"])
        for name, rows in points.items()
    ]
    questions = [(written(name), [local for local, _ in rows]) for name, rows in certain]
    expected = [(name, local, unix) for name, rows in certain for local, unix in rows]
    answers = reader.unix_times(questions, tmp_path)
    assert len(points) == 597
    assert len(expected) == 88_170
    assert [
        (row, answer) for row, answer in zip(expected, answers, strict=True) if row[2] != answer
    ] == []


def test_no_zone_needs_an_rdate_or_leaves_a_date_before_its_first_observance() -> None:
    names = sorted(canonical_names())
    body = "".join(written(name) for name in names)
    calendar = Calendar.from_ical(
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{body}END:VCALENDAR\r\n"
    )
    zones = calendar.walk("VTIMEZONE")
    assert [str(component["TZID"]) for component in zones] == names
    for component in zones:
        observances = component.subcomponents
        starts = [observance["DTSTART"].dt for observance in observances]
        assert not any("RDATE" in observance for observance in observances)
        assert starts == sorted(starts)
        assert starts[0].year == YEAR - 1
        assert [o for o in observances if "RRULE" in o] in ([], observances[-2:])


def test_berlin_is_a_base_and_an_open_pair() -> None:
    assert written("Europe/Berlin").splitlines() == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Berlin",
        "BEGIN:STANDARD",
        "DTSTART:20251231T010000",
        "TZNAME:CET",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:20260329T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20261025T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


def test_the_eve_of_the_last_sunday_is_said_in_days_of_the_month() -> None:
    assert "BYMONTH=3;BYDAY=SA;BYMONTHDAY=24,25,26,27,28,29,30" in written("America/Nuuk")


def test_cairo_is_written_onset_by_onset_for_ten_years() -> None:
    text = written("Africa/Cairo")
    assert "RRULE" not in text
    assert text.count("BEGIN:DAYLIGHT") == 10


def test_a_place_that_changed_its_law_keeps_the_dated_onsets_before_the_new_rule() -> None:
    text = written("America/Vancouver")
    assert "DTSTART:20260308T020000" in text
    assert "TZOFFSETTO:-0700" in text
    assert "RRULE" not in text


def test_a_place_without_changes_is_one_observance() -> None:
    assert written("Asia/Kathmandu").count("TZOFFSETTO:+0545") == 1
    assert written("Asia/Kathmandu").count("DTSTART") == 1


def test_half_an_hour_of_summer_is_kept() -> None:
    text = written("Australia/Lord_Howe")
    assert "TZOFFSETFROM:+1030" in text
    assert "TZOFFSETTO:+1100" in text


def test_the_first_hours_of_a_year_are_covered_in_the_far_east() -> None:
    assert "DTSTART:20251231T140000" in written("Pacific/Kiritimati")
