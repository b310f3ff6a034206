from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import make
import pytest
from django.db import connection

from scheduler.actions import seats
from scheduler.models import Membership, Seat

if TYPE_CHECKING:
    from scheduler.models import Group, Occurrence, Person

NOW = make.FRIDAY


def _full_but_for_one(group: Group) -> Occurrence:
    occurrence = make.occurrence(group)
    for place in range(group.capacity - 1):
        make.seat(make.membership(make.person(), group, alias=f"Member {place}"), occurrence)
    return occurrence


@pytest.mark.django_db
def test_a_member_takes_one_seat_however_often_she_asks() -> None:
    bo, group = make.person("bo"), make.group()
    make.membership(bo, group)
    occurrence = make.occurrence(group)
    for _again in range(2):
        seats.take_seat(person=bo, occurrence=occurrence, now=NOW)
    assert Seat.objects.going().count() == 1


@pytest.mark.django_db
def test_who_facilitates_needs_no_seat_left() -> None:
    amina, group = make.person("amina"), make.group(capacity=2)
    occurrence = _full_but_for_one(group)
    make.seat(make.membership(make.person(), group, alias="Last"), occurrence)
    make.membership(amina, group, role=Membership.Role.FACILITATOR)
    seats.take_seat(person=amina, occurrence=occurrence, now=NOW)


@pytest.mark.django_db
def test_a_declined_seat_is_free_for_the_next() -> None:
    bo, dana, group = make.person("bo"), make.person("dana"), make.group(capacity=2)
    occurrence = _full_but_for_one(group)
    for person in (bo, dana):
        make.membership(person, group)
    seats.take_seat(person=bo, occurrence=occurrence, now=NOW)
    with pytest.raises(seats.NoSeatLeft):
        seats.take_seat(person=dana, occurrence=occurrence, now=NOW)
    seats.decline_seat(person=bo, occurrence=occurrence, now=NOW)
    seats.take_seat(person=dana, occurrence=occurrence, now=NOW)


@pytest.mark.django_db
def test_a_seat_is_for_members() -> None:
    chen, group = make.person("chen", tz="Asia/Kathmandu"), make.group()
    for state in (Membership.State.APPLIED, Membership.State.REMOVED):
        Membership.objects.filter(person=chen).delete()
        make.membership(chen, group, state=state)
        with pytest.raises(seats.NotAMember):
            seats.take_seat(person=chen, occurrence=make.occurrence(group), now=NOW)


@pytest.mark.django_db
def test_no_seat_is_taken_when_it_is_over() -> None:
    bo, group = make.person("bo"), make.group()
    make.membership(bo, group)
    over = make.occurrence(group, starts_at=NOW - timedelta(hours=2))
    with pytest.raises(seats.TooLate):
        seats.take_seat(person=bo, occurrence=over, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_reach_for_the_last_seat_one_gets_it_and_seven_are_told() -> None:
    group = make.group(capacity=3)
    occurrence = _full_but_for_one(group)
    people = [make.person() for _ in range(8)]
    for place, person in enumerate(people):
        make.membership(person, group, alias=f"Runner {place}")
    outcomes: list[str] = []
    start = threading.Barrier(len(people))

    def reach(person: Person) -> None:
        start.wait()
        try:
            seats.take_seat(person=person, occurrence=occurrence, now=NOW)
            outcomes.append("seated")
        except seats.NoSeatLeft as told:
            outcomes.append(told.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=reach, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["no_seat_left"] * 7 + ["seated"]
    assert Seat.objects.going().count() == group.capacity
