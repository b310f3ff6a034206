from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from scheduler.templatetags.times import machine_time, utc_offset, zone_label

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
CAIRO = ZoneInfo("Africa/Cairo")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
EVENING = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)


def rendered(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def text(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", "", html)).split())


def test_an_instant_is_told_here_first_and_in_the_groups_zone_second():
    with timezone.override(COPENHAGEN):
        html = rendered("{% local_time at tz %}", at=EVENING, tz=KATHMANDU)

    assert text(html) == (
        "19:30 Thursday 26 November, Copenhagen (UTC+01:00) 00:15 Friday in Kathmandu, UTC+05:45"
    )
    assert '<time datetime="2026-11-26T18:30:00Z">' in html


def test_a_reader_in_the_groups_zone_is_told_once():
    with timezone.override(CAIRO):
        html = rendered("{% local_time at tz %}", at=EVENING, tz=CAIRO)

    assert text(html) == "20:30 Thursday 26 November, Cairo (UTC+02:00)"


def test_dates_speak_the_readers_language_and_clocks_stay_left_to_right():
    with timezone.override(COPENHAGEN), translation.override("ar"):
        html = rendered("{% local_time at tz %}", at=EVENING, tz=CAIRO)

    assert "الخميس" in html
    assert '<bdi dir="ltr">19:30</bdi>' in html


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Europe/Copenhagen", "Copenhagen"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires, Argentina"),
        ("America/North_Dakota/New_Salem", "New Salem, North Dakota"),
        ("Africa/Porto-Novo", "Porto-Novo"),
        ("UTC", "UTC"),
        (ZoneInfo("America/New_York"), "New York"),
    ],
)
def test_a_zone_is_known_by_its_place(zone, label):
    assert zone_label(zone) == label


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("UTC", "UTC"),
        ("Africa/Accra", "UTC"),
        ("Asia/Kathmandu", "UTC+05:45"),
        ("America/St_Johns", "UTC−03:30"),
        ("Pacific/Kiritimati", "UTC+14:00"),
    ],
)
def test_an_offset_is_written_in_full(zone, offset):
    assert utc_offset(EVENING, ZoneInfo(zone)) == offset


def test_an_offset_is_that_of_the_day_and_not_of_today():
    summer = datetime(2026, 7, 1, 12, tzinfo=UTC)

    assert utc_offset(summer, COPENHAGEN) == "UTC+02:00"
    assert utc_offset(EVENING, COPENHAGEN) == "UTC+01:00"


def test_machines_read_utc():
    local = EVENING.astimezone(KATHMANDU)

    assert machine_time(local) == "2026-11-26T18:30:00Z"


def test_the_page_says_whose_time_it_tells(time_machine):
    time_machine.move_to(EVENING, tick=False)

    with timezone.override(COPENHAGEN):
        assert rendered("{% zone_here %}") == "Copenhagen (UTC+01:00)"


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 26, 8, tzinfo=UTC), "today"),
        (datetime(2026, 11, 25, 23, 30, tzinfo=UTC), "today"),  # it is the 26th in Copenhagen
        (datetime(2026, 11, 25, 22, 30, tzinfo=UTC), "tomorrow"),
        (datetime(2026, 11, 20, 8, tzinfo=UTC), "Thu 26 Nov"),
    ],
)
def test_a_row_names_the_day_as_the_reader_counts_it(time_machine, now, day):
    time_machine.move_to(now, tick=False)

    with timezone.override(COPENHAGEN):
        html = rendered("{% row_time at True %}", at=EVENING)

    assert text(html) == f"19:30{day}"


@pytest.mark.parametrize(
    ("hour", "part"), [(3, "night"), (6, "dawn"), (12, "day"), (19, "dusk"), (22, "night")]
)
def test_the_sky_is_that_of_the_readers_hour(hour, part):
    at = datetime(2026, 11, 26, hour, tzinfo=UTC)

    assert rendered("{{ at|sky }}", at=at) == part


@pytest.mark.parametrize(
    ("taken", "words"), [(0, "8 places left"), (7, "1 place left"), (9, "No place left")]
)
def test_places_are_counted_from_above(taken, words):
    assert rendered("{% places_left 8 taken %}", taken=taken) == words
