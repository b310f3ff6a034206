from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from scheduler.actions import cover, seats
from scheduler.models import CoverInvitation, Group, GroupMessage, Membership, Occurrence, Seat
from tests import make
from tests.support.page_text import words

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import Person
    from tests.support.site import House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY


@pytest.fixture
def session(house: House) -> Occurrence:
    return make.occurrence(house.group, starts_at=NOW + timedelta(hours=5))


def _applicant(house: House, name: str) -> Person:
    person = make.person(name)
    make.membership(person, house.group, state=Membership.State.APPLIED)
    return person


def _dashboard(house: House, person: Person | None = None) -> str:
    return words(house.browser(person or house.amina).get("/facilitating/"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_asks_the_database_as_often_for_three_as_for_one(
    house: House, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(rows):
        group = make.group(f"Group {place}", organisation=house.organisation, capacity=9)
        make.membership(house.amina, group, role=Membership.Role.FACILITATOR)
        make.series(group)
        occurrence = make.occurrence(group, starts_at=NOW + timedelta(hours=place))
        make.membership(make.person(), group, state=Membership.State.APPLIED)
        substitute = make.person()
        make.affiliation(substitute, house.organisation, is_substitute=True)
        cover.request_cover(by=house.amina, occurrence=occurrence, now=NOW)
        other = make.group(f"Other {place}", organisation=house.organisation)
        dana = make.membership(make.person(), other, role=Membership.Role.FACILITATOR)
        make.membership(house.amina, other, role=Membership.Role.CO_FACILITATOR)
        cover.request_cover(by=dana.person, occurrence=make.occurrence(other), now=NOW)
    browser = house.browser(house.amina)
    with django_assert_num_queries(15):
        page = browser.get("/facilitating/")
    assert page.content.count(b"<article") == 2 * rows


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"), [("/g/{group}/", 12), ("/g/{group}/run/", 12), ("/cover/", 9)]
)
def test_every_list_asks_the_database_as_often_for_three_as_for_one(
    house: House,
    address: str,
    queries: int,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make.series(house.group)
    other = make.group(organisation=house.organisation)
    dana = make.membership(make.person("dana"), other, role=Membership.Role.FACILITATOR)
    make.membership(house.amina, other, role=Membership.Role.CO_FACILITATOR)
    for place in range(rows):
        make.occurrence(house.group, starts_at=NOW + timedelta(hours=place))
        make.membership(make.person(), house.group, state=Membership.State.APPLIED)
        GroupMessage.objects.create(group=house.group, text=f"Tea {place}", at=NOW)
        elsewhere = make.occurrence(other, starts_at=NOW + timedelta(hours=place + 1))
        cover.request_cover(by=dana.person, occurrence=elsewhere, now=NOW)
    browser = house.browser(house.amina)
    with django_assert_num_queries(queries):
        assert browser.get(address.format(group=house.group.key)).status_code == 200


def test_who_facilitates_finds_the_desk_in_the_navigation_and_nobody_else_does(
    house: House,
) -> None:
    assert b'href="/facilitating/"' in house.browser(house.amina).get("/").content
    for person in (house.bo, house.chen, None):
        assert b'href="/facilitating/"' not in house.browser(person).get("/").content


def test_a_clear_desk_says_so(house: House) -> None:
    Group.objects.update(capacity=8)
    assert "Nothing waits for you" in _dashboard(house)


def test_the_desk_shows_seats_and_waiting_as_counts_and_never_who(
    house: House, session: Occurrence
) -> None:
    Group.objects.update(capacity=1)
    dana = make.membership(make.person("dana"), house.group)
    bo = house.group.memberships.get(person=house.bo)
    make.seat(bo, session)
    make.seat(dana, session, state=Seat.State.WAITLISTED)
    told = _dashboard(house)
    assert "1 of 1 seats taken" in told
    assert "1 waits" in told
    assert "Harbour light" not in told


def test_an_application_is_welcomed_with_a_kind_word_in_two_clicks(house: House) -> None:
    dana = _applicant(house, "dana")
    asked = Membership.objects.get(person=dana)
    browser = house.browser(house.amina)
    assert "Dana asks to join" in _dashboard(house)
    answer = browser.post(
        f"/g/{house.group.key}/run/applications/{asked.pk}/",
        {"welcome": "1", "note": "The lamp is lit.", "back": "dashboard"},
    )
    assert answer.headers["Location"] == "/facilitating/"
    asked.refresh_from_db()
    assert (asked.state, asked.answer_note) == (Membership.State.ACTIVE, "The lamp is lit.")
    assert "The lamp is lit." in words(house.browser(dana).get(house.group.get_absolute_url()))


def test_who_was_declined_reads_the_kind_word_for_a_month(house: House) -> None:
    dana = _applicant(house, "dana")
    asked = Membership.objects.get(person=dana)
    house.browser(house.amina).post(
        f"/g/{house.group.key}/run/applications/{asked.pk}/",
        {"note": "We are full. Try First light.", "back": "dashboard"},
    )
    assert "We are full. Try First light." in words(house.browser(dana).get("/groups/"))
    Membership.objects.update(since=NOW - timedelta(days=31))
    assert "We are full" not in words(house.browser(dana).get("/groups/"))


def test_a_kind_word_has_room_for_300_characters(house: House) -> None:
    asked = Membership.objects.get(person=_applicant(house, "dana"))
    address = f"/g/{house.group.key}/run/applications/{asked.pk}/"
    told = house.browser(house.amina).post(address, {"note": "x" * 301}, follow=True)
    assert "300 characters" in words(told)
    asked.refresh_from_db()
    assert asked.state == Membership.State.APPLIED


def test_a_session_that_nobody_will_lead_needs_somebody(house: House, session: Occurrence) -> None:
    assert "Nobody leads this session" not in _dashboard(house)
    house.browser(house.amina).post(f"/s/{session.key}/seat/", {"decline": "1"})
    assert "Nobody leads this session" in _dashboard(house)


def test_more_people_than_seats_need_somebody(house: House, session: Occurrence) -> None:
    for name in ("dana", "eli"):
        make.seat(make.membership(make.person(name), house.group), session)
    house.browser(house.amina).post(f"/s/{session.key}/seats/", {"capacity": "1"})
    assert "2 people come, and there are 1 seats" in _dashboard(house)


def test_an_hour_that_moves_for_somebody_needs_a_look_and_names_nobody(house: House) -> None:
    make.series(house.group, first_local=datetime(2026, 6, 9, 18, 0))
    assert "Clocks change for some" not in _dashboard(house)
    with time_machine.travel(datetime(2026, 10, 1, 12, 0, tzinfo=UTC), tick=False):
        make.membership(make.person("dana", tz="America/New_York"), house.group)
        told = _dashboard(house)
    assert "For 2 people the hour of the group moves from 27 October on" in told  # and Amina
    assert "New York" not in told


def test_more_than_eight_seats_ask_for_a_co_facilitator(house: House) -> None:
    assert "A co-facilitator is missing" in _dashboard(house)
    make.membership(make.person("dana"), house.group, role=Membership.Role.CO_FACILITATOR)
    assert "A co-facilitator is missing" not in _dashboard(house)
    form = words(house.browser(house.amina).get(f"/g/{house.group.key}/run/describe/"))
    assert "Above 8, make someone a co-facilitator" in form


@pytest.mark.parametrize("capacity", ["0", "101", "many"])
def test_every_limit_of_the_seats_says_itself(
    house: House, session: Occurrence, capacity: str
) -> None:
    answer = house.browser(house.amina).post(f"/s/{session.key}/seats/", {"capacity": capacity})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


def test_a_message_reaches_the_members_and_nobody_else(house: House) -> None:
    Group.objects.update(is_listed=True)
    house.browser(house.amina).post(
        f"/g/{house.group.key}/run/message/", {"text": "Tea <b>and</b> cake\non Tuesday."}
    )
    page = house.browser(house.bo).get(house.group.get_absolute_url()).content.decode()
    assert "From the facilitators" in page
    assert "Tea &lt;b&gt;and&lt;/b&gt; cake<br>on Tuesday." in page
    for person in (house.chen, None, _applicant(house, "dana")):
        other = house.browser(person).get(house.group.get_absolute_url()).content.decode()
        assert "Tuesday lamp" in other
        assert "Tea" not in other


@pytest.mark.parametrize("text", ["", "x" * 1001])
def test_a_message_has_words_but_not_too_many(house: House, text: str) -> None:
    address = f"/g/{house.group.key}/run/message/"
    answer = house.browser(house.amina).post(address, {"text": text})
    assert "errorlist" in answer.content.decode()
    assert not GroupMessage.objects.exists()


def test_cover_is_found_from_the_desk_and_the_asker_sees_how_it_stands(
    house: House, session: Occurrence
) -> None:
    eli = make.person("eli", tz="Europe/Lisbon")
    make.affiliation(eli, house.organisation, is_substitute=True)
    browser = house.browser(house.amina)
    address = f"/s/{session.key}/cover/"
    assert address in browser.get("/facilitating/").content.decode()
    assert "Ask 1 person" in words(browser.get(address))
    assert "1 person is asked" in words(browser.post(address, follow=True))
    assert "Cover is asked for" in _dashboard(house)
    invitation = CoverInvitation.objects.get()
    assert "Can you lead this session?" in _dashboard(house, eli)
    accepted = house.browser(eli).post(
        f"/cover/{invitation.key}/", {"alias": "Steady"}, follow=True
    )
    assert "You lead it" in words(accepted)
    assert "Steady covers" in _dashboard(house)
    assert "Steady leads this session" in words(browser.get(address))


def test_who_is_too_late_or_takes_a_taken_alias_is_told_so(
    house: House, session: Occurrence
) -> None:
    eli, frida = make.person("eli"), make.person("frida")
    make.membership(make.person("bob"), house.group, alias="Bo")
    for person in (eli, frida):
        make.affiliation(person, house.organisation, is_substitute=True)
    cover.request_cover(by=house.amina, occurrence=session, now=NOW)
    of_eli, of_frida = (CoverInvitation.objects.get(person=person) for person in (eli, frida))
    taken = house.browser(eli).post(f"/cover/{of_eli.key}/", {"alias": "BO"})
    assert "already goes by that" in words(taken)
    house.browser(frida).post(f"/cover/{of_frida.key}/", {"alias": "Steady"})
    late = house.browser(eli).post(f"/cover/{of_eli.key}/", {"alias": "Sure"})
    assert "It is settled" in words(late)


def test_a_cover_invitation_is_for_one_person(house: House, session: Occurrence) -> None:
    eli = make.person("eli")
    make.affiliation(eli, house.organisation, is_substitute=True)
    make.affiliation(house.chen, make.organisation(), is_substitute=True)
    cover.request_cover(by=house.amina, occurrence=session, now=NOW)
    address = f"/cover/{CoverInvitation.objects.get().key}/"
    assert house.browser(eli).get(address).status_code == 200
    for person in (house.bo, house.chen, house.amina):
        assert house.browser(person).get(address).status_code == 404


def test_a_coordinator_notes_who_is_trained_and_they_choose_their_hours(house: House) -> None:
    affiliation = make.affiliation(house.chen, house.organisation)
    address = f"/organisations/{house.organisation.key}/substitutes/{affiliation.pk}/"
    page = house.browser(house.amina).post(address, {"trained": "1"}, follow=True)
    assert "Trained substitute" in words(page)
    browser = house.browser(house.chen)
    assert "in Kathmandu" in words(browser.get("/cover/"))
    browser.post(
        "/cover/", {"awake_from": "15:00", "awake_until": "02:00", "max_sessions_per_week": "2"}
    )
    affiliation.refresh_from_db()
    assert affiliation.awake_until.hour == 2
    assert affiliation.substitutes_since == NOW


def test_a_member_waits_is_offered_a_seat_and_takes_it(house: House, session: Occurrence) -> None:
    Group.objects.update(capacity=1)
    first = make.membership(make.person("dana"), house.group)
    make.seat(first, session)
    browser, address = house.browser(house.bo), f"/s/{session.key}/seat/"
    assert "Put me on the waiting list" in words(browser.get("/mine/"))
    browser.post(address, {"wait": "1"})
    assert "You are on the waiting list" in words(browser.get("/mine/"))
    seats.decline_seat(person=first.person, occurrence=session, now=NOW)
    told = words(browser.get("/mine/"))
    assert "A seat is yours if you take it by Friday 15:15" in told  # in Copenhagen
    assert "Dana" not in told
    browser.post(address)
    assert "You have a seat" in words(browser.get("/mine/"))


def test_a_regular_says_so_once_and_not_this_time_with_one_tap(house: House) -> None:
    series = make.series(house.group)
    session = make.occurrence(house.group, series=series, starts_at=NOW + timedelta(days=4))
    browser = house.browser(house.bo)
    assert "I come every time" in words(browser.get(house.group.get_absolute_url()))
    page = browser.post(f"/g/{house.group.key}/recurring-seat/{series.pk}/", follow=True)
    assert "You come every time" in words(page)
    assert "You have a seat" in words(page)
    browser.post(f"/s/{session.key}/seat/", {"decline": "1", "back": "group"})
    assert Seat.objects.get().state == Seat.State.DECLINED
    browser.post(f"/g/{house.group.key}/recurring-seat/{series.pk}/", {"end": "1"})
    assert not house.bo.memberships.get().recurring_seats.exists()


def test_an_outsider_finds_none_of_it(house: House, session: Occurrence) -> None:
    chen = house.browser(house.chen)
    for address in (
        "/facilitating/",
        "/cover/",
        f"/s/{session.key}/cover/",
        f"/s/{session.key}/seats/",
        f"/g/{house.group.key}/run/message/",
    ):
        assert chen.get(address).status_code == 404
        assert chen.post(address).status_code == 404
