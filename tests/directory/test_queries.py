"""What the public list finds: by language, day and hour, in the reader's zone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from directory.queries import (
    Filters,
    PartOfDay,
    When,
    by_day,
    find_others,
    find_sessions,
    preferred_languages,
    timetable,
)
from tests import make
from tests.make import FRIDAY

if TYPE_CHECKING:
    from scheduler.models import Occurrence

CAIRO = ZoneInfo("Africa/Cairo")  # 15:00 there on Friday at noon in UTC


def at(hours: float, *languages: str) -> Occurrence:
    group = make.group(f"In {hours} hours", languages=languages or ("en",))
    return make.occurrence(group, starts_at=FRIDAY + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("header", "account", "codes"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "", ["de", "en"]),
        ("ar", "uk", ["uk", "ar"]),
        ("*", "", []),
        ("", "", []),
        ("x" * 10_000, "", []),
    ],
)
def test_languages_are_preferred_as_the_account_and_the_browser_say(
    header: str, account: str, codes: list[str]
) -> None:
    assert preferred_languages(header, account) == codes


def test_a_language_is_preset_until_somebody_chooses() -> None:
    listed = ["en", "uk"]
    preset = Filters.of({}, preferred=["de", "uk"], listed=listed)
    assert (preset.language, preset.is_preset) == ("uk", True)
    every = Filters.of({"language": ""}, preferred=["uk"], listed=listed)
    assert (every.language, every.is_preset) == ("", False)


def test_what_nobody_offers_asks_for_nothing() -> None:
    query = {"language": "xx", "when": "never", "part": "noon", "words": "a\x00b"}
    assert Filters.of(query, preferred=[], listed=["en"]) == Filters(words="ab")


@pytest.mark.django_db
def test_the_list_is_of_seven_days_in_the_language_that_was_asked_for() -> None:
    english = at(1)
    at(2, "uk")
    at(24 * 7 + 1)
    assert find_sessions(Filters(language="en"), now=FRIDAY) == [english]


@pytest.mark.django_db
def test_the_others_are_those_in_no_language_that_was_asked_for() -> None:
    at(1)
    at(2, "en", "uk")
    ukrainian, arabic, _third = at(3, "uk"), at(4, "ar"), at(5, "ar")
    others = find_others(Filters(language="en", is_preset=True), now=FRIDAY, most=2)
    assert others == [ukrainian, arabic]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filters", "hours"),
    [
        (Filters(when=When.NOW), [-0.5, 0.2]),
        (Filters(when=When.TODAY), [-0.5, 0.2, 8]),
        (Filters(when=When.TOMORROW), [10, 26]),
        (Filters(part=PartOfDay.AFTERNOON), [-0.5, 0.2, 26]),
        (Filters(part=PartOfDay.NIGHT), [10, 60]),
    ],
)
def test_days_and_hours_are_the_readers(filters: Filters, hours: list[float]) -> None:
    sessions = {hour: at(hour) for hour in (-0.5, 0.2, 8, 10, 26, 60)}
    with timezone.override(CAIRO):
        assert find_sessions(filters, now=FRIDAY) == [sessions[hour] for hour in hours]


@pytest.mark.django_db
def test_what_began_yesterday_and_goes_on_is_todays() -> None:
    midnight = FRIDAY + timedelta(hours=9)  # in Cairo
    on, later = at(8.5), at(9.5)
    with timezone.override(CAIRO):
        (today,) = by_day([on, later], now=midnight + timedelta(minutes=10))
    assert today.sessions == (on, later)


@pytest.mark.django_db
def test_a_session_stands_in_the_row_of_its_part_of_the_day() -> None:
    session = at(26)  # Saturday 17:00 in Cairo
    with timezone.override(CAIRO):
        rows = {row.part: row.cells for row in timetable([session], now=FRIDAY)}
    assert list(rows) == [
        PartOfDay.NIGHT,
        PartOfDay.MORNING,
        PartOfDay.AFTERNOON,
        PartOfDay.EVENING,
    ]
    assert rows[PartOfDay.AFTERNOON] == ((), (session,), (), (), (), (), ())
