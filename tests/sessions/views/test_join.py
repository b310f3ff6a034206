"""The way into a room: guests, new members and members, and what a guest may see besides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from scheduler.actions import guests
from scheduler.models import Group, Membership, Occurrence
from sessions.models import Room, Ticket
from tests import make
from tests.make import FRIDAY, PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

ANSWERS = {"alias": "Quiet Ferry", "agrees": "on"}


@pytest.fixture
def friday(time_machine) -> None:
    time_machine.move_to(FRIDAY, tick=False)


@pytest.fixture
def group() -> Group:
    organisation = make.organisation()
    organisation.allows_guests = True
    organisation.save()
    return make.group("First Light", organisation=organisation, welcomes_guests=True)


@pytest.fixture
def session(group: Group) -> Occurrence:
    return make.occurrence(group, starts_at=FRIDAY)


def signed_in(person: Person) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def room_of(session: Occurrence) -> str:
    return reverse("room", args=[session.key])


def a_guest(session: Occurrence) -> Client:
    browser = Client()
    browser.post(session.get_absolute_url(), ANSWERS)
    return browser


def test_a_stranger_is_asked_for_a_name_and_one_tick(session: Occurrence) -> None:
    page = Client().get(session.get_absolute_url()).content.decode()

    assert page.count('name="alias"') == page.count('name="agrees"') == 1
    assert "password" not in page
    assert "Join now" in page


def test_a_guest_comes_into_the_room(session: Occurrence) -> None:
    browser = Client()
    answer = browser.post(session.get_absolute_url(), ANSWERS)

    assert answer.url == room_of(session)
    assert browser.get(room_of(session)).status_code == 200
    assert browser.post(reverse("ticket", args=[session.key])).status_code == 200
    ticket = Ticket.objects.get()
    assert ticket.membership.alias == "Quiet Ferry"
    assert ticket.membership.has_agreed


def test_a_guest_who_comes_back_is_led_to_the_room(session: Occurrence) -> None:
    assert a_guest(session).get(session.get_absolute_url()).url == room_of(session)


@pytest.mark.parametrize(
    "name", ["my_sessions", "my_groups", "inbox", "account", "notifications", "feeds", "my_week"]
)
def test_a_guest_reaches_no_page_of_members(session: Occurrence, name: str) -> None:
    answer = a_guest(session).get(reverse(name))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("sign_in"))


def test_a_guest_sees_public_pages_as_a_visitor(session: Occurrence) -> None:
    page = a_guest(session).get("/").content.decode()

    assert "Sign in" in page
    assert "guest-" not in page


def test_a_guest_reaches_no_other_room(group: Group, session: Occurrence) -> None:
    other = make.occurrence(group, starts_at=FRIDAY + timedelta(minutes=5))
    browser = a_guest(session)

    assert browser.get(room_of(other)).status_code == 404
    assert browser.post(reverse("ticket", args=[other.key])).status_code == 404


def test_a_removed_guest_reaches_no_room_and_hears_why(session: Occurrence) -> None:
    browser = a_guest(session)
    guests.set_guest_removed(membership_id=Membership.objects.get().pk, is_removed=True)

    assert "A facilitator asked you to leave" in browser.get(room_of(session)).content.decode()
    assert browser.post(reverse("ticket", args=[session.key])).status_code == 404
    page = browser.post(session.get_absolute_url(), ANSWERS | {"alias": "Other"}).content.decode()
    assert "You cannot come in as a guest now" in page


def test_the_sign_in_of_a_guest_ends_an_hour_after_the_session(session: Occurrence) -> None:
    assert a_guest(session).session.get_expiry_age() == 2 * 60 * 60


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"alias": "Quiet Ferry"}, "Tick this to join"),
        ({"alias": "", "agrees": "on"}, "required"),
        ({"alias": "Host", "agrees": "on"}, "belongs to the people who run the group"),
        ({"alias": "x" * 41, "agrees": "on"}, "at most 40"),
    ],
)
def test_what_is_missing_is_said(
    session: Occurrence, answers: dict[str, str], sentence: str
) -> None:
    page = Client().post(session.get_absolute_url(), answers).content.decode()

    assert sentence in page
    assert not Person.objects.exists()


def test_a_group_without_guests_asks_for_an_account(session: Occurrence) -> None:
    Group.objects.update(welcomes_guests=False)
    page = Client().get(session.get_absolute_url()).content.decode()

    assert 'name="alias"' not in page
    assert "Make an account" in page
    assert Client().post(session.get_absolute_url(), ANSWERS).status_code == 200
    assert not Person.objects.exists()


def test_somebody_with_an_account_joins_the_group_on_the_way(session: Occurrence) -> None:
    chen = make.person("chen")
    answer = signed_in(chen).post(session.get_absolute_url(), ANSWERS)

    assert answer.url == room_of(session)
    membership = Membership.objects.get(person=chen)
    assert (membership.state, membership.alias) == (Membership.State.ACTIVE, "Quiet Ferry")


def test_a_session_of_a_group_by_approval_leads_a_stranger_to_the_group(
    group: Group, session: Occurrence
) -> None:
    Group.objects.update(join_policy=Group.JoinPolicy.APPROVAL)
    page = signed_in(make.person("chen")).get(session.get_absolute_url()).content.decode()

    assert "See the group and join" in page
    assert f'href="{group.get_absolute_url()}"' in page


def test_a_member_goes_straight_into_the_room(group: Group, session: Occurrence) -> None:
    bo = make.membership(make.person("bo"), group)

    assert signed_in(bo.person).get(session.get_absolute_url()).url == room_of(session)


def test_a_member_accepts_the_agreement_once(group: Group, session: Occurrence) -> None:
    bo = make.membership(make.person("bo"), group)
    Membership.objects.update(agreed_version=0)
    browser = signed_in(bo.person)

    assert browser.get(room_of(session)).url == session.get_absolute_url()
    assert browser.post(reverse("ticket", args=[session.key])).status_code == 404
    page = browser.get(session.get_absolute_url()).content.decode()
    assert 'name="agrees"' in page
    assert 'name="alias"' not in page
    browser.post(session.get_absolute_url(), {"agrees": "on"})
    assert browser.get(session.get_absolute_url()).url == room_of(session)


def test_before_the_entry_opens_a_member_reads_when_it_does(group: Group) -> None:
    session = make.occurrence(group, starts_at=FRIDAY + timedelta(minutes=16))
    bo = make.membership(make.person("bo"), group)
    page = signed_in(bo.person).get(session.get_absolute_url()).content.decode()

    assert "You can come in from 15 minutes before the start." in page


def test_an_ended_session_says_so_and_leads_to_the_next(group: Group, session: Occurrence) -> None:
    bo = make.membership(make.person("bo"), group)
    signed_in(bo.person).post(reverse("ticket", args=[session.key]))
    Room.objects.update(phase="ended")
    Occurrence.objects.update(ended_at=FRIDAY)
    page = signed_in(bo.person).get(session.get_absolute_url()).content.decode()

    assert "This session is over." in page
    assert "See the next session" in page


def test_a_guest_keeps_the_place_and_is_signed_in(session: Occurrence) -> None:
    browser = a_guest(session)
    answer = browser.post(
        reverse("keep_place"), {"username": "ferry", "password": PASSWORD}, follow=True
    )

    assert "Welcome, Quiet Ferry. Your place is kept." in answer.content.decode()
    assert browser.get(reverse("my_groups")).status_code == 200
    assert browser.get(room_of(session)).status_code == 200


def test_a_weak_password_keeps_the_guest_a_guest(session: Occurrence) -> None:
    browser = a_guest(session)
    page = browser.post(reverse("keep_place"), {"username": "ferry", "password": "short"})

    assert "at least 10 characters" in page.content.decode()
    assert Person.objects.get().is_guest


def test_without_a_guest_the_page_to_keep_a_place_leads_on(session: Occurrence) -> None:
    assert Client().get(reverse("keep_place")).url == reverse("sign_up")
    assert signed_in(make.person("bo")).get(reverse("keep_place")).url == reverse("my_sessions")
