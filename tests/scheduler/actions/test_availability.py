"""What somebody tells of her week, who may count it, and that it is gone when she says so."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.actions.people import choose_zone, close_account
from civiltime import zones
from optimizer import Level, Window
from optimizer.weekly_availability import levels_from_windows
from scheduler.actions import availability
from scheduler.actions.memberships import join_group, leave_group
from scheduler.models import (
    AvailabilitySeason,
    AvailabilityShare,
    AvailabilityWindow,
    WeeklyAvailability,
)
from tests import make

if TYPE_CHECKING:
    from accounts.models import Person

pytestmark = pytest.mark.django_db

EVENINGS = Window(frozenset(range(5)), time(18), time(22), Level.FINE)
FRIDAY_NOON = Window(frozenset([4]), time(12), time(14, 15), Level.NO)
NOW = make.FRIDAY


def _set_week(person: Person, *windows: Window) -> WeeklyAvailability:
    return availability.add_windows(person=person, windows=windows or [EVENINGS], now=NOW)


def test_what_was_painted_is_what_the_hours_are_asked_with() -> None:
    bo = make.person("bo")
    nights = Window(frozenset([6]), time(22), time(2), Level.IF_NEEDED)
    _set_week(bo, EVENINGS, nights, FRIDAY_NOON)
    asked = WeeklyAvailability.objects.with_windows().get(person=bo).to_attendee()
    assert asked.zone == "Europe/Copenhagen"
    assert asked.week == levels_from_windows([EVENINGS, nights, FRIDAY_NOON])


def test_a_later_window_covers_an_earlier_one_and_none_overlap() -> None:
    bo = make.person("bo")
    _set_week(bo)
    _set_week(bo, Window(frozenset([0]), time(19), time(20), Level.PREFER))
    monday = AvailabilityWindow.objects.filter(weekday=0).order_by("starts_minute")
    assert list(monday.values_list("starts_minute", "ends_minute", "level")) == [
        (18 * 60, 19 * 60, Level.FINE),
        (19 * 60, 20 * 60, Level.PREFER),
        (20 * 60, 22 * 60, Level.FINE),
    ]


def test_a_season_is_painted_over_the_usual_week_and_keeps_the_rest_of_it() -> None:
    bo = make.person("bo")
    _set_week(bo)
    summer = availability.add_season(
        person=bo, label="summer", first_on=date(2026, 7, 1), last_on=date(2026, 8, 9),
        is_yearly=True, now=NOW,
    )  # fmt: skip
    mornings = Window(frozenset(range(7)), time(9), time(11), Level.PREFER)
    no_mondays = Window(frozenset([0]), time(0), time(0), Level.NO)
    availability.add_windows(person=bo, windows=[mornings, no_mondays], season=summer, now=NOW)
    asked = WeeklyAvailability.objects.with_windows().get(person=bo).to_attendee()
    assert asked.week == levels_from_windows([EVENINGS])
    assert asked.seasons[0].applied_to(asked.week) == levels_from_windows(
        [EVENINGS, mornings, no_mondays]
    )


def test_a_year_has_room_for_eight_seasons() -> None:
    bo = make.person("bo")
    day = date(2026, 7, 1)
    for _number in range(8):
        availability.add_season(
            person=bo, label="x", first_on=day, last_on=day, is_yearly=False, now=NOW
        )
    with pytest.raises(availability.TooManySeasons):
        availability.add_season(
            person=bo, label="x", first_on=day, last_on=day, is_yearly=False, now=NOW
        )


def test_a_week_that_is_not_whole_changes_nothing() -> None:
    bo = make.person("bo")
    _set_week(bo)
    for broken in (b"\0" * 671, b"\7" * 672, b"\xff" * 672):
        with pytest.raises(availability.InvalidWeek):
            availability.set_weekly_availability(person=bo, cells=broken, now=NOW)
    assert availability.availability_cells(
        WeeklyAvailability.objects.get(person=bo)
    ) == levels_from_windows([EVENINGS])


def test_no_group_counts_a_week_before_its_owner_says_so() -> None:
    bo, group, other = make.person("bo"), make.group(), make.group("Other")
    make.membership(bo, group)
    make.membership(bo, other)
    _set_week(bo)
    assert not WeeklyAvailability.objects.shared_with(group).exists()
    _allow(bo, group)
    assert WeeklyAvailability.objects.shared_with(group).exists()
    assert not WeeklyAvailability.objects.shared_with(other).exists()
    availability.choose_availability_shares(
        person=bo, groups=[], everywhere=True, coordinators=False, now=timezone.now()
    )
    assert WeeklyAvailability.objects.shared_with(other).exists()
    assert not WeeklyAvailability.objects.shared_with_coordinators().exists()


def test_nobody_lets_a_group_count_that_she_does_not_belong_to() -> None:
    chen, group = make.person("chen"), make.group()
    _set_week(chen)
    _allow(chen, group)
    assert not AvailabilityShare.objects.exists()


def test_whoever_leaves_is_not_counted_and_is_asked_again_when_she_comes_back() -> None:
    bo, group = make.person("bo"), make.group()
    make.membership(bo, group)
    _set_week(bo)
    _allow(bo, group)
    later = timezone.now() + timedelta(days=1)
    leave_group(person=bo, group=group, now=later)
    assert not WeeklyAvailability.objects.shared_with(group).exists()
    join_group(person=bo, group=group, alias="Bo", now=later)
    assert not WeeklyAvailability.objects.shared_with(group).exists()


def test_moving_house_asks_and_either_answer_is_kept() -> None:
    bo = make.person("bo")
    _set_week(bo)
    choose_zone(person=bo, tz=zones.zone("Africa/Cairo"), now=NOW)
    bo.refresh_from_db()
    availability.keep_availability_zone(person=bo, now=NOW)
    week = WeeklyAvailability.objects.get(person=bo)
    assert (week.tz.key, week.kept_in_zone) == ("Europe/Copenhagen", "Africa/Cairo")
    availability.move_availability_zone(person=bo, now=NOW)
    week.refresh_from_db()
    assert (week.tz.key, week.kept_in_zone) == ("Africa/Cairo", "")
    assert availability.availability_cells(week) == levels_from_windows([EVENINGS])


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_week_that_is_deleted_is_gone_with_everything_that_hung_on_it(is_closed: bool) -> None:
    bo, group = make.person("bo"), make.group()
    make.membership(bo, group)
    _set_week(bo)
    _allow(bo, group)
    availability.add_season(
        person=bo, label="x", first_on=date(2026, 7, 1), last_on=date(2026, 7, 2),
        is_yearly=True, now=NOW,
    )  # fmt: skip
    if is_closed:
        close_account(person=bo, now=NOW)
    else:
        availability.delete_availability(person=bo)
    for rows in (WeeklyAvailability, AvailabilitySeason, AvailabilityWindow, AvailabilityShare):
        assert not rows.objects.exists()


def _allow(person: Person, group: make.Group) -> None:
    availability.choose_availability_shares(
        person=person, groups=[group], everywhere=False, coordinators=False, now=timezone.now()
    )
