"""The pages on which a member says when she can come, and what nobody else ever sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.people import choose_zone
from civiltime import zones
from optimizer import Level
from optimizer.weekly_availability import levels_from_windows
from scheduler.actions.availability import add_season, add_windows, availability_cells
from scheduler.models import (
    AvailabilitySeason,
    AvailabilityShare,
    AvailabilityWindow,
    WeeklyAvailability,
)
from scheduler.rules.availability_presets import PRESETS
from scheduler.text.availability import days_in_words, decode_cells, encode_cells, hourly_cells
from tests import make

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import Person
    from tests.support.site import Site

pytestmark = pytest.mark.django_db

EVENINGS = PRESETS["evenings"].windows
EVENING_WEEK = levels_from_windows(EVENINGS)


def _page(browser: Client, address: str = "/mine/week/") -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def _cells(person: Person) -> bytes:
    return availability_cells(WeeklyAvailability.objects.get(person=person))


def _add_evenings(person: Person) -> None:
    add_windows(person=person, windows=EVENINGS, now=timezone.now())


def test_a_painted_week_is_saved_and_shown_again(site: Site) -> None:
    browser = site.browser(site.bo)
    browser.post("/mine/week/", {"cells": encode_cells(EVENING_WEEK)})
    assert _cells(site.bo) == EVENING_WEEK
    page = _page(browser)
    assert f'name="cells" value="{encode_cells(EVENING_WEEK)}"' in page
    assert "every day" in page
    assert "18:00–22:00" in page


@pytest.mark.parametrize("broken", ["", "0" * 671, "0" * 673, "x" * 672, "-" * 672, "9" * 672])
def test_a_week_that_arrives_broken_changes_nothing_and_is_said_so(site: Site, broken: str) -> None:
    _add_evenings(site.bo)
    answer = site.browser(site.bo).post("/mine/week/", {"cells": broken}, follow=True)
    assert "set it again" in answer.content.decode()
    assert _cells(site.bo) == EVENING_WEEK


def test_without_scripts_windows_are_told_in_words_and_cleared_line_by_line(site: Site) -> None:
    browser = site.browser(site.bo)
    told = {"days": ["0", "1", "2"], "starts": "22:30", "ends": "01:00", "level": "2"}
    assert browser.post("/mine/week/window/", told).status_code == 302
    page = _page(browser)
    assert "Monday to Wednesday" in page
    assert "22:30–24:00" in page
    assert "Tuesday to Thursday" in page
    windows = AvailabilityWindow.objects.filter(starts_minute=0).values_list("pk", flat=True)
    browser.post("/mine/week/clear/", {"window": list(windows)})
    assert "Tuesday to Thursday" not in _page(browser)
    assert "Monday to Wednesday" in _page(browser)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"starts": "18:05"}, "ends in 00, 15, 30 or 45"),
        ({"days": []}, "This field is required"),
        ({"level": "4"}, "not one of the available choices"),
    ],
)
def test_a_window_that_makes_no_sense_is_answered_beside_its_field(
    site: Site, change: dict[str, object], said: str
) -> None:
    told = {"days": ["0"], "starts": "18:00", "ends": "19:00", "level": "1"} | change
    answer = site.browser(site.bo).post("/mine/week/window/", told)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not AvailabilityWindow.objects.exists()


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_paints_what_it_says_and_stays_editable(site: Site, key: str) -> None:
    browser = site.browser(site.bo)
    _add_evenings(site.bo)
    browser.post("/mine/week/preset/", {"preset": key})
    assert _cells(site.bo) == levels_from_windows([*EVENINGS, *PRESETS[key].windows])
    browser.post("/mine/week/", {"cells": encode_cells(EVENING_WEEK)})
    assert _cells(site.bo) == EVENING_WEEK


def test_a_season_has_a_week_of_its_own(site: Site) -> None:
    browser = site.browser(site.bo)
    _add_evenings(site.bo)
    dates = {"label": "Summer", "first_on": "2027-07-01", "last_on": "2027-08-15", "is_yearly": 1}
    browser.post("/mine/week/season/", dates)
    season = AvailabilitySeason.objects.get()
    browser.post("/mine/week/preset/", {"preset": "work", "season": season.pk})
    assert _cells(site.bo) == EVENING_WEEK
    page = _page(browser, f"/mine/week/?season={season.pk}")
    assert "Summer" in page
    assert "as usual" in page
    browser.post(f"/mine/week/season/{season.pk}/end/")
    assert not AvailabilityWindow.objects.exclude(season=None).exists()


def test_a_season_that_ends_before_it_begins_is_answered_beside_its_field(site: Site) -> None:
    dates = {"label": "Summer", "first_on": "2027-07-01", "last_on": "2027-06-15"}
    answer = site.browser(site.bo).post("/mine/week/season/", dates)
    assert "a year after it" in answer.content.decode()
    assert not AvailabilitySeason.objects.exists()


def test_nobody_reads_or_changes_another_persons_season(site: Site) -> None:
    season = add_season(
        person=site.bo, label="secret garden", first_on=make.FRIDAY.date(),
        last_on=make.FRIDAY.date(), is_yearly=False, now=make.FRIDAY,
    )  # fmt: skip
    for person in (site.amina, site.chen):
        browser = site.browser(person)
        assert browser.get(f"/mine/week/?season={season.pk}").status_code == 404
        for address in ("/mine/week/", "/mine/week/preset/", "/mine/week/window/"):
            sent = {"season": season.pk, "preset": "work", "days": ["0"], "starts": "18:00",
                    "ends": "19:00", "level": "1", "cells": "-" * 672}  # fmt: skip
            assert browser.post(address, sent).status_code == 404
    assert not AvailabilityWindow.objects.exists()


def test_nobody_clears_another_persons_hours(site: Site) -> None:
    _add_evenings(site.bo)
    windows = list(AvailabilityWindow.objects.values_list("pk", flat=True))
    site.browser(site.amina).post("/mine/week/clear/", {"window": windows})
    assert _cells(site.bo) == EVENING_WEEK


def test_no_group_counts_a_week_until_it_is_ticked(site: Site) -> None:
    browser = site.browser(site.bo)
    _add_evenings(site.bo)
    assert "checked" not in _page(browser).split("Who may count")[1]
    browser.post("/mine/week/counts/", {"groups": [site.group.pk]})
    assert AvailabilityShare.objects.get().membership.person == site.bo
    assert "checked" in _page(browser).split("Who may count")[1]
    browser.post("/mine/week/counts/", {})
    assert not AvailabilityShare.objects.exists()


def test_whoever_moves_house_is_asked_what_her_hours_mean_and_only_once(site: Site) -> None:
    _add_evenings(site.bo)
    choose_zone(person=site.bo, tz=zones.zone("Asia/Tokyo"), now=timezone.now())
    site.bo.refresh_from_db()
    browser = site.browser(site.bo)
    assert "Your time zone has changed" in _page(browser)
    browser.post("/mine/week/moved/", {"keep": 1})
    assert "Your time zone has changed" not in _page(browser)
    assert WeeklyAvailability.objects.get().tz.key == "Europe/Copenhagen"


def test_choosing_another_clock_says_that_painted_hours_still_mean_the_old_one(
    site: Site,
) -> None:
    _add_evenings(site.bo)
    browser = site.browser(site.bo)
    said = "still means the old time zone"
    assert said in browser.post("/zone/", {"tz": "Asia/Tokyo"}, follow=True).content.decode()
    answer = browser.post("/zone/", {"tz": "Europe/Copenhagen"}, follow=True)
    assert said not in answer.content.decode()


def test_a_week_costs_the_same_queries_however_much_is_in_it(site: Site) -> None:
    browser = site.browser(site.bo)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            _page(browser)
        return len(counted)

    _add_evenings(site.bo)
    few = queries()
    for key in PRESETS:
        add_windows(person=site.bo, windows=PRESETS[key].windows, now=timezone.now())
    for number in range(3):
        make.membership(site.bo, make.group(f"Group {number}"))
        add_season(
            person=site.bo, label="x", first_on=make.FRIDAY.date(),
            last_on=make.FRIDAY.date(), is_yearly=True, now=timezone.now(),
        )  # fmt: skip
    assert queries() == few


def test_deleting_is_one_button(site: Site) -> None:
    _add_evenings(site.bo)
    answer = site.browser(site.bo).post("/mine/week/delete/", follow=True)
    assert "Your week is deleted" in answer.content.decode()
    assert not WeeklyAvailability.objects.exists()


def test_days_are_told_as_people_say_them() -> None:
    assert days_in_words([6, 0, 1, 2, 3, 4, 5]) == "every day"
    assert days_in_words([0, 1, 2]) == "Monday to Wednesday"
    assert days_in_words([5, 6]) == "Saturday, Sunday"
    assert days_in_words([0, 2, 3]) == "Monday, Wednesday, Thursday"


def test_a_week_survives_being_written_and_read() -> None:
    assert decode_cells(encode_cells(EVENING_WEEK)) == EVENING_WEEK
    hours = dict(hourly_cells(EVENING_WEEK))
    assert hours["18"] == [str(int(Level.FINE))] * 7
    assert hours["17"] == [str(int(Level.NO))] * 7
