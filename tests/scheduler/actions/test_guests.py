"""Guests of one session: who may come in, who may not come back, and what becomes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.actions.people import UserNameIsTaken
from accounts.models import Person
from civiltime import zones
from scheduler.actions import guests
from scheduler.actions.memberships import AliasIsTaken
from scheduler.models import Group, Membership, Occurrence
from tests import make
from tests.make import FRIDAY, PASSWORD

pytestmark = pytest.mark.django_db

HERE = "203.0.113.7"


@pytest.fixture
def group() -> Group:
    organisation = make.organisation()
    organisation.allows_guests = True
    organisation.save()
    return make.group(organisation=organisation, welcomes_guests=True, capacity=4)


@pytest.fixture
def session(group: Group) -> Occurrence:
    return make.occurrence(group, starts_at=FRIDAY)


def enter(occurrence: Occurrence, alias: str = "Quiet Ferry", address: str = HERE) -> Membership:
    return guests.enter_as_guest(
        occurrence=occurrence,
        alias=alias,
        address=address,
        tz=zones.zone("Africa/Nairobi"),
        language="en",
        now=FRIDAY,
    )


def test_a_guest_may_enter_this_session_and_no_other(group: Group, session: Occurrence) -> None:
    guest = enter(session)
    next_week = make.occurrence(group, starts_at=FRIDAY + timedelta(days=7))

    assert session.admits(guest)
    assert guest in session.admitted()
    assert not next_week.admits(guest)
    assert guest not in next_week.admitted()


def test_a_guest_is_nobody_of_the_group(group: Group, session: Occurrence) -> None:
    guest = enter(session)

    assert guest not in group.memberships.active()
    assert group not in Group.objects.joined_by(guest.person)


def test_a_guest_cannot_take_the_name_of_a_member(group: Group, session: Occurrence) -> None:
    make.membership(make.person("bo"), group, alias="Heron")

    with pytest.raises(AliasIsTaken):
        enter(session, "HERON")
    assert not Person.objects.filter(is_guest=True).exists()


@pytest.mark.parametrize("closed_to_guests", ["group", "organisation", "policy"])
def test_guests_need_the_leave_of_the_group_and_its_organisation(
    group: Group, session: Occurrence, closed_to_guests: str
) -> None:
    match closed_to_guests:
        case "group":
            Group.objects.update(welcomes_guests=False)
        case "organisation":
            group.organisation.allows_guests = False
            group.organisation.save()
        case "policy":
            Group.objects.update(join_policy=Group.JoinPolicy.APPROVAL)

    with pytest.raises(guests.NoGuests):
        enter(session)


@pytest.mark.parametrize("minutes", [-61, 16])
def test_a_guest_comes_in_only_while_the_entry_is_open(group: Group, minutes: int) -> None:
    session = make.occurrence(group, starts_at=FRIDAY + timedelta(minutes=minutes))

    with pytest.raises(guests.EntryNotOpen):
        enter(session)


def test_a_guest_does_not_come_into_a_session_that_was_ended_early(session: Occurrence) -> None:
    session.ended_at = FRIDAY
    session.save()

    with pytest.raises(guests.EntryNotOpen):
        enter(session)


def test_a_removed_guest_does_not_come_back_under_another_name(session: Occurrence) -> None:
    guest = enter(session)
    guests.set_guest_removed(membership_id=guest.pk, is_removed=True)
    guest.refresh_from_db()

    assert not session.admits(guest)
    with pytest.raises(guests.GuestWasRemoved):
        enter(session, "Somebody Else")
    assert enter(session, "From Elsewhere", "198.51.100.4")


def test_a_removed_guest_may_come_to_another_session(group: Group, session: Occurrence) -> None:
    guests.set_guest_removed(membership_id=enter(session).pk, is_removed=True)
    other = make.occurrence(group, starts_at=FRIDAY + timedelta(minutes=5))

    assert enter(other)


def test_a_guest_who_is_let_back_is_a_guest_again(session: Occurrence) -> None:
    guest = enter(session)
    guests.set_guest_removed(membership_id=guest.pk, is_removed=True)
    guests.set_guest_removed(membership_id=guest.pk, is_removed=False)
    guest.refresh_from_db()

    assert session.admits(guest)


def test_a_member_is_not_touched_when_a_guest_would_be(group: Group) -> None:
    member = make.membership(make.person("bo"), group)
    guests.set_guest_removed(membership_id=member.pk, is_removed=True)
    member.refresh_from_db()

    assert member.state == Membership.State.ACTIVE


def test_one_network_cannot_flood_a_session(session: Occurrence) -> None:
    for number in range(6):
        enter(session, f"Guest {number}")

    with pytest.raises(guests.TooManyGuests):
        enter(session, "The seventh")


def test_many_networks_cannot_flood_a_session(session: Occurrence) -> None:
    for number in range(12):
        enter(session, f"Guest {number}", f"203.0.113.{number}")

    with pytest.raises(guests.TooManyGuests):
        enter(session, "The thirteenth", "203.0.113.99")


def test_the_address_of_a_guest_is_not_kept(session: Occurrence) -> None:
    guest = enter(session)

    assert HERE not in guest.guest_network
    assert len(guest.guest_network) == 64


def test_a_guest_who_keeps_the_place_is_a_member_under_the_same_name(session: Occurrence) -> None:
    guest = enter(session).person
    kept = guests.keep_place(guest=guest, username="Ferry", password=PASSWORD, now=FRIDAY)

    assert kept is not None
    assert (kept.state, kept.alias) == (Membership.State.ACTIVE, "Quiet Ferry")
    assert kept.guest_network == ""
    assert Person.objects.get(username="ferry").check_password(PASSWORD)


def test_a_taken_user_name_changes_nothing(session: Occurrence) -> None:
    make.person("ferry")
    guest = enter(session).person

    with pytest.raises(UserNameIsTaken):
        guests.keep_place(guest=guest, username="ferry", password=PASSWORD, now=FRIDAY)
    guest.refresh_from_db()
    assert guest.is_guest


def test_guests_are_forgotten_with_the_records_of_their_session(session: Occurrence) -> None:
    enter(session)
    member = make.person("bo")
    everyone = Person.objects.none()

    assert guests.forget_guests(now=FRIDAY + timedelta(days=89), kept=everyone) == 0
    assert guests.forget_guests(now=FRIDAY + timedelta(days=91), kept=everyone) == 1
    assert list(Person.objects.all()) == [member]


def test_a_guest_in_a_report_is_kept(session: Occurrence) -> None:
    guest = enter(session).person
    kept = Person.objects.filter(pk=guest.pk)

    assert guests.forget_guests(now=FRIDAY + timedelta(days=91), kept=kept) == 0
