from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.actions import seats
from scheduler.actions.groups import NotFacilitating
from scheduler.actions.memberships import leave_group
from scheduler.models import Membership, Occurrence, Seat
from tests import make
from tests.support import concurrency

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import Group

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
        seats.book_seat(person=bo, occurrence=occurrence, now=NOW)
    assert Seat.objects.going().count() == 1


@pytest.mark.django_db
def test_who_facilitates_needs_no_seat_left() -> None:
    amina, group = make.person("amina"), make.group(capacity=2)
    occurrence = _full_but_for_one(group)
    make.seat(make.membership(make.person(), group, alias="Last"), occurrence)
    make.membership(amina, group, role=Membership.Role.FACILITATOR)
    seats.book_seat(person=amina, occurrence=occurrence, now=NOW)


@pytest.mark.django_db
def test_a_declined_seat_is_free_for_the_next() -> None:
    bo, dana, group = make.person("bo"), make.person("dana"), make.group(capacity=2)
    occurrence = _full_but_for_one(group)
    for person in (bo, dana):
        make.membership(person, group)
    seats.book_seat(person=bo, occurrence=occurrence, now=NOW)
    with pytest.raises(seats.NoSeatLeft):
        seats.book_seat(person=dana, occurrence=occurrence, now=NOW)
    seats.decline_seat(person=bo, occurrence=occurrence, now=NOW)
    seats.book_seat(person=dana, occurrence=occurrence, now=NOW)


@pytest.mark.django_db
def test_a_seat_is_for_members() -> None:
    chen, group = make.person("chen", tz="Asia/Kathmandu"), make.group()
    for state in (Membership.State.APPLIED, Membership.State.REMOVED):
        Membership.objects.filter(person=chen).delete()
        make.membership(chen, group, state=state)
        with pytest.raises(seats.NotAMember):
            seats.book_seat(person=chen, occurrence=make.occurrence(group), now=NOW)


@pytest.mark.django_db
def test_no_seat_is_taken_when_it_is_over() -> None:
    bo, group = make.person("bo"), make.group()
    make.membership(bo, group)
    over = make.occurrence(group, starts_at=NOW - timedelta(hours=2))
    with pytest.raises(seats.TooLate):
        seats.book_seat(person=bo, occurrence=over, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_reach_for_the_last_seat_one_gets_it_and_the_others_are_told() -> None:
    group = make.group(capacity=3)
    occurrence = _full_but_for_one(group)
    people = [make.person() for _ in range(50)]
    for place, person in enumerate(people):
        make.membership(person, group, alias=f"Runner {place}")

    def reach(person: Person) -> str:
        try:
            return seats.book_seat(person=person, occurrence=occurrence, now=NOW).state
        except seats.NoSeatLeft as told:
            return told.code

    outcomes = concurrency.run(reach, people)
    assert sorted(outcomes) == ["going"] + ["no_seat_left"] * 49
    assert Seat.objects.going().count() == group.capacity


@pytest.fixture
def line() -> tuple[Occurrence, list[Person]]:
    """Return a session in eight hours whose two seats are taken, and three who wait for one."""
    group = make.group(capacity=2)
    occurrence = make.occurrence(group, starts_at=NOW + timedelta(hours=8))
    for alias in ("First", "Second"):
        make.seat(make.membership(make.person(alias.lower()), group, alias=alias), occurrence)
    waiting = [make.person(name) for name in ("bo", "dana", "eli")]
    for minute, person in enumerate(waiting):
        make.membership(person, group)
        seats.join_waitlist(
            person=person, occurrence=occurrence, now=NOW - timedelta(hours=1, minutes=-minute)
        )
    return occurrence, waiting


Line = tuple["Occurrence", "list[Person]"]


def _state(person: Person) -> str:
    return Seat.objects.get(membership__person=person).state


def _first(occurrence: Occurrence) -> Person:
    return Seat.objects.get(membership__alias="First", occurrence=occurrence).membership.person


@pytest.mark.django_db
def test_a_freed_seat_is_offered_to_the_first_in_line_for_a_quarter_of_the_time_left(
    line: Line,
) -> None:
    occurrence, (bo, dana, _eli) = line
    seats.decline_seat(person=_first(occurrence), occurrence=occurrence, now=NOW)
    offer = Seat.objects.on_offer(NOW).get()
    assert offer.membership.person == bo
    assert offer.offered_until == NOW + timedelta(hours=2)
    assert _state(dana) == "waitlisted"


@pytest.mark.django_db
def test_an_offered_seat_is_kept_for_its_owner(line: Line) -> None:
    occurrence, (bo, dana, _eli) = line
    passer_by = make.person("frida")
    make.membership(passer_by, occurrence.group)
    seats.decline_seat(person=_first(occurrence), occurrence=occurrence, now=NOW)
    for person in (dana, passer_by):
        with pytest.raises(seats.NoSeatLeft):
            seats.book_seat(person=person, occurrence=occurrence, now=NOW)
    assert seats.book_seat(person=bo, occurrence=occurrence, now=NOW).offered_until is None
    assert _state(bo) == "going"


@pytest.mark.django_db
def test_an_offer_that_nobody_took_goes_to_the_next_and_a_second_tick_does_nothing(
    line: Line,
) -> None:
    occurrence, (bo, dana, _eli) = line
    seats.decline_seat(person=_first(occurrence), occurrence=occurrence, now=NOW)
    later = NOW + timedelta(hours=2)
    assert seats.expire_and_offer(now=later - timedelta(seconds=1)) == 0
    assert seats.expire_and_offer(now=later) == 1
    assert (_state(bo), _state(dana)) == ("lapsed", "offered")
    before = list(Seat.objects.order_by("pk").values())
    assert seats.expire_and_offer(now=later) == 0
    assert list(Seat.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_a_ticker_that_was_down_offers_only_for_sessions_to_come(line: Line) -> None:
    occurrence, (bo, _dana, _eli) = line
    seats.decline_seat(person=_first(occurrence), occurrence=occurrence, now=NOW)
    assert seats.expire_and_offer(now=occurrence.ends_at + timedelta(days=3)) == 0
    assert _state(bo) == "lapsed"
    assert not Seat.objects.on_offer(NOW + timedelta(days=4)).exists()


@pytest.mark.django_db
def test_an_offer_that_the_start_cut_short_leaves_its_owner_first_on_standby(line: Line) -> None:
    occurrence, people = line
    late = occurrence.starts_at - timedelta(minutes=5)
    seats.decline_seat(person=_first(occurrence), occurrence=occurrence, now=late)
    assert Seat.objects.on_offer(late).get().offered_until == occurrence.starts_at
    in_order = [Membership.objects.get(person=person).pk for person in people]
    assert seats.standby_order(occurrence=occurrence, now=late) == in_order[1:]
    assert seats.standby_order(occurrence=occurrence, now=occurrence.starts_at) == in_order
    seats.expire_and_offer(now=occurrence.starts_at)
    assert seats.standby_order(occurrence=occurrence, now=occurrence.starts_at) == in_order


@pytest.mark.django_db
def test_who_let_an_offer_lapse_stands_behind_all_others_at_the_start(line: Line) -> None:
    occurrence, (bo, dana, eli) = line
    seats.decline_seat(person=_first(occurrence), occurrence=occurrence, now=NOW)
    seats.expire_and_offer(now=NOW + timedelta(hours=2))
    order = seats.standby_order(occurrence=occurrence, now=occurrence.starts_at)
    by_person = {pk: Membership.objects.get(pk=pk).person for pk in order}
    assert list(by_person.values()) == [dana, eli, bo]


@pytest.mark.django_db
def test_once_it_has_begun_nobody_passes_the_standby_line(line: Line) -> None:
    occurrence, (bo, dana, _eli) = line
    begun = occurrence.starts_at + timedelta(minutes=1)
    seats.decline_seat(person=_first(occurrence), occurrence=occurrence, now=begun)
    with pytest.raises(seats.NoSeatLeft):
        seats.book_seat(person=dana, occurrence=occurrence, now=begun)
    seats.book_seat(person=bo, occurrence=occurrence, now=begun)
    assert _state(bo) == "going"


@pytest.mark.django_db
def test_waiting_again_keeps_ones_place_and_declining_gives_it_up(line: Line) -> None:
    occurrence, (bo, dana, _eli) = line
    seats.join_waitlist(person=bo, occurrence=occurrence, now=NOW)
    assert Seat.objects.waiting().values_list("membership__person", flat=True)[0] == bo.pk
    seats.decline_seat(person=bo, occurrence=occurrence, now=NOW)
    seats.join_waitlist(person=bo, occurrence=occurrence, now=NOW)
    assert Seat.objects.waiting().values_list("membership__person", flat=True)[0] == dana.pk


@pytest.mark.django_db
def test_who_waits_where_a_seat_is_free_sits_down() -> None:
    bo, group = make.person("bo"), make.group()
    make.membership(bo, group)
    waited = seats.join_waitlist(person=bo, occurrence=make.occurrence(group), now=NOW)
    assert waited.state == Seat.State.GOING


@pytest.mark.django_db
def test_the_seat_of_somebody_who_leaves_the_group_is_offered_by_the_next_tick(
    line: Line,
) -> None:
    occurrence, (bo, _dana, _eli) = line
    leave_group(person=_first(occurrence), group=occurrence.group, now=NOW)
    assert seats.expire_and_offer(now=NOW) == 1
    assert _state(bo) == "offered"


@pytest.mark.django_db
def test_a_session_may_have_more_seats_than_its_group_and_they_are_offered_at_once(
    line: Line,
) -> None:
    occurrence, (bo, dana, eli) = line
    amina = make.person("amina")
    make.membership(amina, occurrence.group, role=Membership.Role.CO_FACILITATOR)
    seats.set_seats(by=amina, occurrence=occurrence, capacity=4, now=NOW)
    assert [_state(person) for person in (bo, dana, eli)] == ["offered", "offered", "waitlisted"]


@pytest.mark.django_db
def test_fewer_seats_unseat_nobody(line: Line) -> None:
    occurrence, _people = line
    amina = make.person("amina")
    make.membership(amina, occurrence.group, role=Membership.Role.FACILITATOR)
    seats.set_seats(by=amina, occurrence=occurrence, capacity=1, now=NOW)
    assert Seat.objects.going().count() == 2
    assert Occurrence.objects.with_taken().get().taken == 2


@pytest.mark.django_db
def test_only_facilitators_set_the_number_of_seats(line: Line) -> None:
    occurrence, (bo, *_others) = line
    for person in (bo, make.person("chen", tz="Asia/Kathmandu")):
        with pytest.raises(NotFacilitating):
            seats.set_seats(by=person, occurrence=occurrence, capacity=20, now=NOW)


@pytest.mark.django_db
def test_nothing_is_offered_of_a_cancelled_session(line: Line) -> None:
    _occurrence, _people = line
    Seat.objects.filter(membership__alias="First").delete()
    Occurrence.objects.update(cancelled_at=NOW)
    assert seats.expire_and_offer(now=NOW) == 0
