from __future__ import annotations

from datetime import datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import Person
from civiltime.recurrence import Rule
from civiltime.zones import zone
from scheduler.actions import schedule
from scheduler.forms.series import SeriesForm, controls_of
from scheduler.models import Group, Occurrence, Series
from tests import make
from tests.support.page_text import words, words_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY
TUESDAY = {"on": "2026-06-09", "starts": "18:00", "repeats": "weekly", "duration_minutes": 60}


def _edit(site: Site, **controls: Any) -> HttpResponse:
    hour = TUESDAY | controls
    return site.browser(site.amina).post(f"/g/{site.group.key}/manage/series/", hour)


@pytest.mark.parametrize(
    ("controls", "rule"),
    [
        ({}, "FREQ=WEEKLY;BYDAY=TU"),
        ({"every": 2}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=MO"),
        ({"weekdays": [1, 3]}, "FREQ=WEEKLY;BYDAY=TU,TH"),
        ({"repeats": "daily"}, "FREQ=DAILY"),
        ({"repeats": "daily", "every": 3}, "FREQ=DAILY;INTERVAL=3"),
        ({"repeats": "monthly"}, "FREQ=MONTHLY;BYDAY=2TU"),
        ({"repeats": "monthly", "nths": [2, 4]}, "FREQ=MONTHLY;BYDAY=2TU,4TU"),
        ({"repeats": "monthly", "on": "2026-06-30"}, "FREQ=MONTHLY;BYDAY=-1TU"),
        ({"repeats": "monthly", "on": "2026-06-30", "nths": [-1]}, "FREQ=MONTHLY;BYDAY=-1TU"),
        ({"repeats": "monthly_day"}, "FREQ=MONTHLY;BYMONTHDAY=9"),
        ({"ends": "after", "count": 10}, "FREQ=WEEKLY;COUNT=10;BYDAY=TU"),
        ({"ends": "on", "until": "2026-12-31"}, "FREQ=WEEKLY;UNTIL=20261231;BYDAY=TU"),
    ],
)
def test_every_rule_of_the_allow_list_is_made_with_controls(
    site: Site, controls: dict[str, Any], rule: str
) -> None:
    _edit(site, **controls)
    series = Series.objects.get()
    assert series.rule == rule
    form = SeriesForm(controls_of(Rule.parse(rule), series.first_local, 60))
    assert form.is_valid()
    assert str(form.rule) == rule  # and is shown with the same controls


@pytest.mark.parametrize(
    ("controls", "told"),
    [
        ({"weekdays": [3]}, "Begin on Thursday 11 June 2026"),
        ({"repeats": "monthly", "nths": [1]}, "Begin on Tuesday 7 July 2026"),
        ({"repeats": "monthly", "nths": [2, 4, -1]}, "often the same day"),
        ({"repeats": "monthly_day", "on": "2026-06-30"}, "Choose a date from 1 to 28"),
        ({"ends": "on", "until": "2026-06-01"}, "The last day is before the first session"),
        ({"ends": "on", "until": "2036-06-01"}, "at most five years after"),
        ({"ends": "after", "count": 10**9}, "less than or equal to 520"),
        ({"every": 0}, "greater than or equal to 1"),
        ({"on": "2026-02-30"}, "valid date"),
        ({"on": "9999-12-31"}, "Choose a date in the coming years"),
        ({"repeats": "SECONDLY"}, "valid choice"),
        ({"repeats": "FREQ=SECONDLY;EXRULE=FREQ=DAILY"}, "valid choice"),
        ({"weekdays": [9]}, "valid choice"),
        ({"weekdays": ["x" * 10_000]}, "valid choice"),
        ({"every": "9" * 5000}, "whole number"),
    ],
)
def test_a_hostile_or_absurd_rule_is_refused_with_a_reason_in_less_than_50_ms(
    site: Site, controls: dict[str, Any], told: str
) -> None:
    _edit(site, preview=1)  # what is read once a process is read
    assert told in words(_edit(site, **controls))
    assert not Series.objects.exists()
    began = perf_counter()
    assert not SeriesForm(TUESDAY | controls).is_valid()
    assert perf_counter() - began < 0.05


def test_looking_saves_nothing_and_shows_eight_sessions_here_and_there(site: Site) -> None:
    page = words(_edit(site, preview=1))
    assert not Series.objects.exists()
    assert "19:00 Tuesday 9 June, Cairo (UTC+03:00) 18:00 Tuesday in Bratislava" in page
    assert page.count("Tuesday in Bratislava") == 8


def test_the_weekday_of_the_preview_is_the_readers(site: Site) -> None:
    Person.objects.filter(pk=site.amina.pk).update(tz="Asia/Kathmandu")
    page = words(_edit(site, preview=1, starts="23:30"))
    assert "03:15 Wednesday 10 June, Kathmandu (UTC+05:45) 23:30 Tuesday in Bratislava" in page


def _live(site: Site, tz: str, number: int) -> None:
    for _one in range(number):
        make.membership(make.person(tz=tz), site.group)


def test_zones_of_the_group_are_counted_and_nobody_is_named(site: Site) -> None:
    _live(site, "Asia/Kathmandu", 3)
    _live(site, "America/Lima", 2)
    page = words(_edit(site, preview=1, on="2026-10-13"))
    assert "Kathmandu, 3 people: 21:45 from Tuesday 13 October; 22:45 from Tuesday 27" in page
    assert "Lima, 2 people: 11:00 from Tuesday 13 October" in page
    for person in Person.objects.exclude(pk=site.amina.pk):
        assert person.username.title() not in page


def test_a_zone_in_which_one_member_lives_is_not_named(site: Site) -> None:
    _live(site, "America/Lima", 1)
    page = words(_edit(site, preview=1))
    assert "Lima" not in page
    assert "2 people live in other time zones" in page  # Bo's Copenhagen is the other


def test_the_strip_draws_the_places_of_at_least_two_members_and_no_other(site: Site) -> None:
    _live(site, "Asia/Kathmandu", 2)
    _live(site, "America/Lima", 1)
    page = _edit(site, preview=1).content.decode()
    strip = words_of(page.split('<table class="zone-strip"')[1].split("</table>")[0])
    assert "Tuesday at 18:00 in Bratislava, and in other places" in strip
    assert "Bratislava group time zone 18:00 Tuesday Cairo you 19:00 Tuesday" in strip
    assert "Kathmandu 21:45 Tuesday" in strip
    assert "Lima" not in strip


@pytest.mark.parametrize("path", ["move/", "following/"])
def test_a_session_is_drawn_where_its_time_can_be_changed(site: Site, path: str) -> None:
    third = _series(site)
    page = site.browser(site.amina).get(f"/s/{third.key}/{path}").content.decode()
    assert "Tuesday at 18:00 in Bratislava, and in other places" in page


def test_the_strip_of_a_single_session_follows_its_form(site: Site) -> None:
    browser, address = site.browser(site.amina), f"/g/{site.group.key}/manage/time/preview/"
    part = browser.post(address, TUESDAY | {"tz": "Africa/Cairo"}).content.decode()
    assert "Tuesday at 18:00 in Cairo, and in other places" in part
    assert browser.post(address, {"on": "9999-12-31", "starts": "18:00"}).status_code == 200
    assert "zone-strip" not in browser.post(address, {"on": ""}).content.decode()


def test_the_editor_is_not_counted_in_her_own_zone(site: Site) -> None:
    _live(site, "Africa/Cairo", 1)
    page = words(_edit(site, preview=1))
    assert "Cairo, one person" not in page
    assert "2 people live in other time zones" in page


def test_a_session_at_night_is_marked(site: Site) -> None:
    _live(site, "Asia/Tokyo", 2)
    assert "01:00 from Wednesday 10 June at night" in words(_edit(site, preview=1))


def test_an_hour_that_meets_a_change_of_clocks_is_not_saved_unseen(site: Site) -> None:
    sunday = {"on": "2026-06-07", "starts": "02:30"}
    page = words(_edit(site, **sunday))
    assert not Series.objects.exists()
    assert "On 25 October 2026 02:30 comes twice" in page
    assert "30 minutes later" in page
    _edit(site, **sunday, accept=1)
    assert Series.objects.get().first_local == datetime(2026, 6, 7, 2, 30)


def test_an_offer_shifts_the_hour_clear_of_the_change_and_only_looks(site: Site) -> None:
    page = _edit(site, on="2026-06-07", starts="02:30", shift=60).content.decode()
    assert not Series.objects.exists()
    assert 'value="03:30"' in page
    assert "comes twice" not in page


def test_no_offer_meets_a_change_itself(site: Site) -> None:
    page = _edit(site, on="2026-06-07", starts="02:30").content.decode()
    assert [f'name="shift" value="{minutes}"' in page for minutes in (-60, -30, 30, 60)] == [
        True,
        False,  # 02:00 is in the gap of March as well
        True,
        True,
    ]


def test_the_part_that_a_script_asks_for_is_the_same_preview_alone(site: Site) -> None:
    address = f"/g/{site.group.key}/manage/series/preview/"
    part = site.browser(site.amina).post(address, TUESDAY).content.decode()
    assert "<html" not in part
    assert part.count('<li><span class="local-time">') == 8
    empty = site.browser(site.amina).post(address, {"on": ""}).content.decode()
    assert "local-time" not in empty


def _series(site: Site) -> Occurrence:
    schedule.create_series(
        by=site.amina, group=site.group, first_local=datetime(2026, 6, 9, 18, 0),
        rule=Rule.parse("FREQ=WEEKLY"), duration_minutes=60, now=NOW,
    )  # fmt: skip
    return site.group.occurrences.order_by("starts_at")[2]


def test_what_follows_is_changed_from_the_page_of_one_session(site: Site) -> None:
    third = _series(site)
    browser = site.browser(site.amina)
    page = browser.get(f"/s/{third.key}/following/").content.decode()
    assert 'value="2026-06-23"' in page
    hour = TUESDAY | {"on": "2026-06-25", "starts": "19:00", "reason": "Tuesdays are full"}
    assert browser.post(f"/s/{third.key}/following/", hour | {"preview": 1}).status_code == 200
    assert Series.objects.count() == 1
    answer = browser.post(f"/s/{third.key}/following/", hour)
    assert answer.headers["Location"] == f"/g/{site.group.key}/manage/"
    third.refresh_from_db()
    assert third.starts_local == datetime(2026, 6, 25, 19, 0)


def test_the_date_line_is_crossed_in_the_preview_as_in_life(site: Site) -> None:
    Group.objects.filter(pk=site.group.pk).update(tz=zone("Pacific/Kiritimati"))
    Person.objects.filter(pk=site.amina.pk).update(tz="Pacific/Honolulu")
    page = words(_edit(site, preview=1, starts="09:00"))
    assert "09:00 Monday 8 June, Honolulu (UTC−10:00) 09:00 Tuesday in Kiritimati" in page


def test_half_an_hour_of_summer_time_shows_in_the_preview(site: Site) -> None:
    Group.objects.filter(pk=site.group.pk).update(tz=zone("Australia/Brisbane"))
    _live(site, "Australia/Lord_Howe", 2)
    page = words(_edit(site, preview=1, on="2026-09-29", starts="19:00"))
    assert "19:30 from Tuesday 29 September; 20:00 from Tuesday 6 October" in page


def test_an_hour_and_a_half_from_half_past_eleven_ends_the_next_day(site: Site) -> None:
    _edit(site, starts="23:30", duration_minutes=90)
    first = Occurrence.objects.order_by("starts_at")[0]
    assert first.ends_at - first.starts_at == timedelta(minutes=90)
    assert first.ends_at.astimezone(first.tz).isoformat() == "2026-06-10T01:00:00+02:00"
