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
        html = rendered("{% zoned at tz %}", at=EVENING, tz=KATHMANDU)

    assert text(html) == (
        "19:30 Thursday 26 November Copenhagen, UTC+01:00 00:15 Friday in Kathmandu, UTC+05:45"
    )
    assert '<time class="zoned__here" datetime="2026-11-26T18:30:00Z">' in html


def test_a_reader_in_the_groups_zone_is_told_once():
    with timezone.override(CAIRO):
        html = rendered("{% zoned at tz %}", at=EVENING, tz=CAIRO)

    assert text(html) == "20:30 Thursday 26 November Cairo, UTC+02:00"


def test_dates_speak_the_readers_language_and_clocks_stay_left_to_right():
    with timezone.override(COPENHAGEN), translation.override("ar"):
        html = rendered("{% zoned at tz %}", at=EVENING, tz=CAIRO)

    assert "الخميس" in html
    assert '<span class="zoned__clock"><bdi dir="ltr">19:30</bdi></span>' in html


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


def test_the_hour_is_told_where_the_reader_is():
    with timezone.override(KATHMANDU):
        html = rendered("{% current_time now %}", now=EVENING)

    assert text(html) == "00:15 Friday 27 November in Kathmandu"
    assert 'data-zone="Asia/Kathmandu"' in html


def test_the_hands_of_a_dial_show_the_readers_hour():
    with timezone.override(COPENHAGEN):
        html = rendered("{% dial at %}", at=EVENING)

    assert "rotate(225 24 24)" in html  # half past seven
    assert "rotate(180 24 24)" in html


@pytest.mark.parametrize(("hour", "is_dark"), [(3, True), (9, False), (18, False), (23, True)])
def test_a_dial_is_dark_by_night(hour, is_dark):
    at = datetime(2026, 11, 26, hour, tzinfo=UTC)

    assert ("dial--night" in rendered("{% dial at %}", at=at)) is is_dark


def test_a_session_that_is_on_is_lit_at_any_hour():
    at = datetime(2026, 11, 26, 3, tzinfo=UTC)

    assert 'class="dial dial--on"' in rendered("{% dial at on=True %}", at=at)


@pytest.mark.parametrize(
    ("seats", "taken", "ring", "dots"),
    [(8, 0, 8, 0), (8, 3, 8, 3), (8, 9, 8, 8), (None, 0, 12, 0), (100, 1, 24, 1)],
)
def test_a_dial_draws_every_seat_and_fills_those_taken(seats, taken, ring, dots):
    html = rendered("{% dial at seats taken %}", at=EVENING, seats=seats, taken=taken)

    assert f'class="dial__seats" cx="24" cy="24" r="21" pathLength="{ring}"' in html
    filled = re.search(r'dial__taken.*?stroke-dasharray="([^"]*)"', html)
    assert (filled.group(1).count(".01") if filled else 0) == dots


def test_a_dial_is_silent_to_screen_readers():
    assert 'aria-hidden="true"' in rendered("{% dial %}")
