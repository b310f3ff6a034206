from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from civiltime.recurrence import Rule
from scheduler.actions import recurring_seats, schedule, seats
from scheduler.actions.memberships import leave_group
from scheduler.models import Membership, RecurringSeat, Seat, Series
from tests import make

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import Group

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY


@pytest.fixture
def lamp() -> Group:
    return make.group("Tuesday lamp", capacity=2)


@pytest.fixture
def tuesdays(lamp: Group) -> Series:
    return schedule.insert_series(
        by=None,
        group=lamp,
        first_local=datetime(2026, 6, 9, 18, 0),
        rule=Rule.parse("FREQ=WEEKLY"),
        duration_minutes=60,
        now=NOW,
    )


@pytest.fixture
def bo(lamp: Group) -> Person:
    person = make.person("bo")
    make.membership(person, lamp)
    return person


def _states(person: Person) -> dict[str, int]:
    states = Seat.objects.filter(membership__person=person).values_list("state", flat=True)
    return {state: list(states).count(state) for state in states}


def test_a_regular_has_a_seat_at_every_session_that_exists(bo: Person, tuesdays: Series) -> None:
    for _again in range(2):
        recurring_seats.book_recurring_seat(person=bo, series=tuesdays, now=NOW)
    assert _states(bo) == {"going": 26}
    assert RecurringSeat.objects.count() == 1


def test_a_regular_has_a_seat_at_sessions_as_they_are_made(bo: Person, tuesdays: Series) -> None:
    recurring_seats.book_recurring_seat(person=bo, series=tuesdays, now=NOW)
    assert schedule.top_up(now=NOW + timedelta(weeks=3)) == 3
    assert _states(bo) == {"going": 29}


def test_not_this_time_stays_said_when_the_window_is_filled_again(
    bo: Person, tuesdays: Series
) -> None:
    recurring_seats.book_recurring_seat(person=bo, series=tuesdays, now=NOW)
    first = tuesdays.occurrences.order_by("starts_at")[0]
    seats.decline_seat(person=bo, occurrence=first, now=NOW)
    schedule.fill(tuesdays, now=NOW)
    assert _states(bo) == {"going": 25, "declined": 1}


def test_where_it_is_full_already_a_regular_waits_in_line(
    lamp: Group, bo: Person, tuesdays: Series
) -> None:
    first = tuesdays.occurrences.order_by("starts_at")[0]
    for alias in ("One", "Two"):
        make.seat(make.membership(make.person(), lamp, alias=alias), first)
    recurring_seats.book_recurring_seat(person=bo, series=tuesdays, now=NOW)
    assert _states(bo) == {"going": 25, "waitlisted": 1}


def test_there_are_no_more_regulars_than_seats(lamp: Group, bo: Person, tuesdays: Series) -> None:
    for alias in ("One", "Two"):
        regular = make.membership(make.person(), lamp, alias=alias)
        recurring_seats.book_recurring_seat(person=regular.person, series=tuesdays, now=NOW)
    with pytest.raises(seats.NoSeatLeft):
        recurring_seats.book_recurring_seat(person=bo, series=tuesdays, now=NOW)


def test_who_stops_coming_every_week_frees_what_is_to_come_for_those_who_wait(
    lamp: Group, bo: Person, tuesdays: Series
) -> None:
    regular = make.membership(make.person(), lamp, alias="Regular")
    for person in (bo, regular.person):
        recurring_seats.book_recurring_seat(person=person, series=tuesdays, now=NOW)
    dana = make.membership(make.person("dana"), lamp)
    first = tuesdays.occurrences.order_by("starts_at")[0]
    seats.join_waitlist(person=dana.person, occurrence=first, now=NOW)
    recurring_seats.cancel_recurring_seat(person=bo, series=tuesdays, now=NOW)
    seats.expire_and_offer(now=NOW)
    assert _states(bo) == {}
    assert _states(dana.person) == {"offered": 1}


def test_who_leaves_is_no_regular_any_more(bo: Person, tuesdays: Series) -> None:
    recurring_seats.book_recurring_seat(person=bo, series=tuesdays, now=NOW)
    leave_group(person=bo, group=tuesdays.group, now=NOW)
    schedule.top_up(now=NOW + timedelta(weeks=3))
    assert _states(bo) == {}


def test_regulars_follow_to_the_series_that_takes_over(bo: Person, tuesdays: Series) -> None:
    recurring_seats.book_recurring_seat(person=bo, series=tuesdays, now=NOW)
    following = make.series(tuesdays.group, first_local=datetime(2026, 6, 10, 18, 0))
    recurring_seats.copy_recurring_seats(old=tuesdays, new=following)
    schedule.fill(following, now=NOW)
    assert Seat.objects.going().filter(occurrence__series=following).count() == 26


def test_only_members_come_every_week(tuesdays: Series) -> None:
    chen = make.person("chen", tz="Asia/Kathmandu")
    with pytest.raises(seats.NotAMember):
        recurring_seats.book_recurring_seat(person=chen, series=tuesdays, now=NOW)
    make.membership(chen, tuesdays.group, state=Membership.State.APPLIED)
    with pytest.raises(seats.NotAMember):
        recurring_seats.book_recurring_seat(person=chen, series=tuesdays, now=NOW)


def test_an_ended_series_takes_no_regulars(bo: Person, tuesdays: Series) -> None:
    Series.objects.update(ended_at=NOW)
    with pytest.raises(seats.TooLate):
        recurring_seats.book_recurring_seat(person=bo, series=tuesdays, now=NOW)
