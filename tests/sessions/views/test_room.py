"""The door, the room and its key, for each of the people who may stand before them."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from os.path import normpath
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from scheduler.models import Group, Membership
from sessions.actions.rooms import CommandRequest, RequestEntry, execute
from sessions.models import Room, Ticket
from sessions.room import commands as c
from sessions.room.refusals import Code
from sessions.text import REFUSALS, TEXTS
from sessions.views.room import ENDINGS
from tests import make
from tests.support.ws_client import make_live_session

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import Occurrence
    from tests.support.ws_client import LiveSession

pytestmark = pytest.mark.django_db

STATIC = Path(__file__).parents[3] / "static"


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
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert "sober" not in title, "titles are kept by browsers and shown on other screens"


def test_the_page_preloads_every_module_of_the_room_and_they_are_light(
    occurrence: Occurrence, bo: Person
) -> None:
    page = signed_in(bo).get(reverse("room", args=[occurrence.key])).content.decode()
    loaded = set(re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', page))
    assert {path.name for path in (STATIC / "js/room").glob("*.js")} == {
        name.rpartition("/")[2] for name in loaded if name.startswith("js/room/")
    }
    modules = {name: (STATIC / name).read_bytes() for name in loaded}
    for name, text in modules.items():
        folder = PurePosixPath(name).parent
        imported = re.findall(r'^import .* from "([^"]+)";$', text.decode(), re.MULTILINE)
        assert {normpath(folder / path) for path in imported} <= loaded, name
        assert text.count(b"\n") <= 100, f"{name} is long"
    assert sum(len(gzip.compress(text)) for text in modules.values()) < 40 * 1024


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


def test_every_way_to_be_outside_has_a_card_of_its_own(occurrence: Occurrence, bo: Person) -> None:
    page = signed_in(bo).get(reverse("room", args=[occurrence.key])).content.decode()
    cards = re.findall(r'data-ending="(\w+)".*?<h2[^>]*>(.*?)</h2>', page, re.DOTALL)
    assert [ending for ending, _ in cards] == list(ENDINGS)
    assert len({heading for _, heading in cards}) == len(ENDINGS)


@pytest.mark.parametrize("name", ["bo", "amina"])
def test_who_comes_back_after_the_end_is_thanked_and_reads_when_the_next_one_is(name: str) -> None:
    live = make_live_session()
    later = make.occurrence(
        live.occurrence.group, starts_at=live.occurrence.starts_at + timedelta(days=7)
    )
    end(live)
    page = page_of(live, name)
    assert "Thank you for coming" in page
    assert later.get_absolute_url() in page
    assert live.occurrence.group.get_absolute_url() in page
    assert "data-ticket" not in page


def test_a_removed_person_reads_of_the_removal_and_nobody_else_does() -> None:
    live = make_live_session()
    amina, bo = live.who("amina"), live.who("bo")
    remove = c.Remove(by=amina, who=bo, reason="sells")
    do(live, RequestEntry(by=amina), RequestEntry(by=bo), remove)
    page = page_of(live, "bo")
    assert "A facilitator asked you to leave this session." in page
    assert reverse("attended") in page
    assert "sells" not in page
    assert "data-ticket" in page_of(live, "amina")


def test_a_room_that_is_not_open_yet_says_when_it_is(group: Group, bo: Person) -> None:
    later = make.occurrence(group, starts_at=timezone.now() + timedelta(minutes=16))
    page = signed_in(bo).get(reverse("room", args=[later.key])).content.decode()
    assert "early" in page
    assert "data-ticket" not in page


def test_who_waits_reads_who_facilitates_and_of_the_next_open_meeting(
    occurrence: Occurrence, group: Group, bo: Person
) -> None:
    make.membership(make.person("amina"), group, alias="Amina", role=Membership.Role.FACILITATOR)
    other = make.group(name="Steady Ground", join_policy=Group.JoinPolicy.OPEN)
    make.occurrence(other, starts_at=timezone.now() + timedelta(hours=1))
    page = signed_in(bo).get(reverse("room", args=[occurrence.key])).content.decode()
    assert "This group is facilitated by Amina." in page
    assert "Steady Ground" in page


def page_of(live: LiveSession, name: str) -> str:
    client = signed_in(live.members[name].person)
    return client.get(reverse("room", args=[live.occurrence.key])).content.decode()


def do(live: LiveSession, *commands: c.Command) -> None:
    requests = [CommandRequest(command) for command in commands]
    execute(room_id=live.room.pk, requests=requests, now=timezone.now())


def end(live: LiveSession) -> None:
    amina = live.who("amina")
    do(live, RequestEntry(by=amina), c.End(by=amina))
