"""The door, the room and its key, for each of the people who may stand before them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from scheduler.models import Membership
from sessions.models import Room, Ticket
from sessions.room.refusals import Code
from sessions.text import REFUSALS, TEXTS
from tests import make

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import Group, Occurrence

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> Group:
    return make.group(name="Evenings clean and sober", is_listed=False)


@pytest.fixture
def bo(group: Group) -> Person:
    person = make.person("bo")
    make.membership(person, group, alias="Heron")
    return person


@pytest.fixture
def chen() -> Person:
    return make.person("chen")


@pytest.fixture
def occurrence(group: Group) -> Occurrence:
    return make.occurrence(group, starts_at=timezone.now() + timedelta(minutes=5))


def signed_in(person: Person, **options: bool) -> Client:
    client = Client(**options)
    client.force_login(person)
    return client


def test_the_door_asks_a_stranger_who_they_are(occurrence: Occurrence) -> None:
    answer = Client().get(f"/s/{occurrence.key}/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("sign_in"))


def test_a_door_that_does_not_exist_asks_the_same(db: None) -> None:
    assert Client().get("/s/nothing/").status_code == 302


@pytest.mark.parametrize("page", ["join_session", "room", "ticket"])
def test_a_session_of_others_looks_like_no_session(
    occurrence: Occurrence, chen: Person, page: str
) -> None:
    client = signed_in(chen)
    ask = client.post if page == "ticket" else client.get
    assert ask(reverse(page, args=[occurrence.key])).status_code == 404
    assert ask(reverse(page, args=["nothing"])).status_code == 404


@pytest.mark.parametrize("page", ["room", "ticket"])
def test_a_listed_group_lets_nobody_in_who_has_not_joined(
    occurrence: Occurrence, group: Group, chen: Person, page: str
) -> None:
    group.is_listed = True
    group.save()
    client = signed_in(chen)
    ask = client.post if page == "ticket" else client.get
    assert ask(reverse(page, args=[occurrence.key])).status_code == 404


@pytest.mark.parametrize("page", ["room", "ticket"])
def test_nobody_enters_without_signing_in(occurrence: Occurrence, page: str) -> None:
    client = Client()
    ask = client.post if page == "ticket" else client.get
    expected = 403 if page == "ticket" else 302  # a script cannot follow to the sign-in
    assert ask(reverse(page, args=[occurrence.key])).status_code == expected


def test_a_member_is_led_into_the_room(occurrence: Occurrence, bo: Person) -> None:
    answer = signed_in(bo).get(f"/s/{occurrence.key}/")
    assert answer.url == reverse("room", args=[occurrence.key])


def test_the_door_is_shut_until_fifteen_minutes_before(group: Group, bo: Person) -> None:
    later = make.occurrence(group, starts_at=timezone.now() + timedelta(minutes=16))
    page = signed_in(bo).get(f"/s/{later.key}/").content.decode()
    assert reverse("room", args=[later.key]) not in page


def test_a_cancelled_session_has_no_room(occurrence: Occurrence, bo: Person) -> None:
    occurrence.cancelled_at = timezone.now()
    occurrence.save()
    client = signed_in(bo)
    assert reverse("room", args=[occurrence.key]) not in str(
        client.get(f"/s/{occurrence.key}/").content
    )
    assert client.post(reverse("ticket", args=[occurrence.key])).status_code == 404


def test_a_ticket_takes_a_post_with_the_token_of_our_own_page(
    occurrence: Occurrence, bo: Person
) -> None:
    address = reverse("ticket", args=[occurrence.key])
    client = signed_in(bo, enforce_csrf_checks=True)
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 403
    client.get(reverse("room", args=[occurrence.key]))
    token = client.cookies["csrf"].value
    answer = client.post(address, headers={"X-CSRFToken": token})
    assert len(answer.json()["ticket"]) == 43
    assert Room.objects.get().occurrence == occurrence
    assert answer.json()["ticket"] not in str(Ticket.objects.values())


def test_the_room_page_is_light_and_brings_no_script_or_style_of_its_own(
    occurrence: Occurrence, bo: Person
) -> None:
    answer = signed_in(bo).get(reverse("room", args=[occurrence.key]))
    page = answer.content.decode()
    assert len(answer.content) < 60 * 1024
    assert "<style" not in page
    assert "style=" not in page
    assert "<script>" not in page
    assert "sober" not in page


def test_members_do_not_get_the_facilitators_desk(occurrence: Occurrence, bo: Person) -> None:
    page = signed_in(bo).get(reverse("room", args=[occurrence.key])).content.decode()
    for verb in ("admit", "pause", "remove", "invite_to_speak", "back_channel"):
        assert f'data-do="{verb}"' not in page


def test_who_covers_a_session_opens_its_room_as_a_facilitator_and_no_other(
    occurrence: Occurrence, group: Group, chen: Person
) -> None:
    other = make.occurrence(group, starts_at=timezone.now() + timedelta(minutes=10))
    steady = make.membership(chen, group, alias="Steady", state=Membership.State.COVERING)
    occurrence.substitute = steady
    occurrence.save()
    client = signed_in(chen)
    assert client.get(f"/s/{occurrence.key}/").url == reverse("room", args=[occurrence.key])
    page = client.get(reverse("room", args=[occurrence.key])).content.decode()
    assert 'data-do="admit"' in page
    assert client.post(reverse("ticket", args=[occurrence.key])).status_code == 200
    for page in ("join_session", "room"):
        assert client.get(reverse(page, args=[other.key])).status_code == 404
    assert client.get(group.get_absolute_url()).status_code == 404


def test_every_refusal_has_a_sentence() -> None:
    assert set(Code) <= REFUSALS.keys()
    assert REFUSALS.keys() & TEXTS.keys() == {"ended"}
