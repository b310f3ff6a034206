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
    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY


@pytest.fixture
def session(site: Site) -> Occurrence:
    return make.occurrence(site.group, starts_at=NOW + timedelta(hours=5))


def _applicant(site: Site, name: str) -> Person:
    person = make.person(name)
    make.membership(person, site.group, state=Membership.State.APPLIED)
    return person


def _dashboard(site: Site, person: Person | None = None) -> str:
    return words(site.browser(person or site.amina).get("/facilitating/"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_asks_the_database_as_often_for_three_as_for_one(
    site: Site, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(rows):
        group = make.group(f"Group {place}", organisation=site.organisation, capacity=9)
        make.membership(site.amina, group, role=Membership.Role.FACILITATOR)
        make.series(group)
        occurrence = make.occurrence(group, starts_at=NOW + timedelta(hours=place))
        make.membership(make.person(), group, state=Membership.State.APPLIED)
        substitute = make.person()
        make.affiliation(substitute, site.organisation, is_substitute=True)
        cover.request_cover(by=site.amina, occurrence=occurrence, now=NOW)
        other = make.group(f"Other {place}", organisation=site.organisation)
        dana = make.membership(make.person(), other, role=Membership.Role.FACILITATOR)
        make.membership(site.amina, other, role=Membership.Role.CO_FACILITATOR)
        cover.request_cover(by=dana.person, occurrence=make.occurrence(other), now=NOW)
    browser = site.browser(site.amina)
    with django_assert_num_queries(19):
        page = browser.get("/facilitating/")
    assert page.content.count(b'class="row__end') >= 4 * rows


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"), [("/g/{group}/", 11), ("/g/{group}/manage/", 16), ("/cover/", 7)]
)
def test_every_list_asks_the_database_as_often_for_three_as_for_one(
    site: Site,
    address: str,
    queries: int,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make.series(site.group)
    other = make.group(organisation=site.organisation)
    dana = make.membership(make.person("dana"), other, role=Membership.Role.FACILITATOR)
    make.membership(site.amina, other, role=Membership.Role.CO_FACILITATOR)
    for place in range(rows):
        make.occurrence(site.group, starts_at=NOW + timedelta(hours=place + 1))
        make.membership(make.person(), site.group, state=Membership.State.APPLIED)
        GroupMessage.objects.create(group=site.group, text=f"Tea {place}", at=NOW)
        elsewhere = make.occurrence(other, starts_at=NOW + timedelta(hours=place + 1))
        cover.request_cover(by=dana.person, occurrence=elsewhere, now=NOW)
    browser = site.browser(site.amina)
    with django_assert_num_queries(queries):
        assert browser.get(address.format(group=site.group.key)).status_code == 200


def test_who_facilitates_finds_the_desk_in_the_navigation_and_nobody_else_does(
    site: Site,
) -> None:
    assert b'href="/facilitating/"' in site.browser(site.amina).get("/groups/").content
    for person in (site.bo, site.chen):
        assert b'href="/facilitating/"' not in site.browser(person).get("/groups/").content


def test_a_clear_desk_says_so(site: Site) -> None:
    Group.objects.update(capacity=8)
    assert "Nothing to do now." in _dashboard(site)


def test_the_desk_shows_seats_and_waiting_as_counts_and_never_who(
    site: Site, session: Occurrence
) -> None:
    Group.objects.update(capacity=1)
    dana = make.membership(make.person("dana"), site.group)
    bo = site.group.memberships.get(person=site.bo)
    make.seat(bo, session)
    make.seat(dana, session, state=Seat.State.WAITLISTED)
    told = _dashboard(site)
    assert "1 of 1 comes" in told
    assert "1 on the waiting list" in told
    assert "Harbour light" not in told


def test_an_application_is_welcomed_with_a_kind_word_in_two_clicks(site: Site) -> None:
    dana = _applicant(site, "dana")
    asked = Membership.objects.get(person=dana)
    browser = site.browser(site.amina)
    assert "Dana asks to join" in _dashboard(site)
    answer = browser.post(
        f"/g/{site.group.key}/manage/applications/{asked.pk}/",
        {"welcome": "1", "note": "The lamp is lit.", "back": "dashboard"},
    )
    assert answer.headers["Location"] == "/facilitating/"
    asked.refresh_from_db()
    assert (asked.state, asked.answer_note) == (Membership.State.ACTIVE, "The lamp is lit.")
    assert "The lamp is lit." in words(site.browser(dana).get(site.group.get_absolute_url()))


def test_who_was_declined_reads_the_kind_word_for_a_month(site: Site) -> None:
    dana = _applicant(site, "dana")
    asked = Membership.objects.get(person=dana)
    site.browser(site.amina).post(
        f"/g/{site.group.key}/manage/applications/{asked.pk}/",
        {"note": "We are full. Try First light.", "back": "dashboard"},
    )
    assert "We are full. Try First light." in words(site.browser(dana).get("/groups/"))
    Membership.objects.update(since=NOW - timedelta(days=31))
    assert "We are full" not in words(site.browser(dana).get("/groups/"))


def test_a_kind_word_has_room_for_300_characters(site: Site) -> None:
    asked = Membership.objects.get(person=_applicant(site, "dana"))
    address = f"/g/{site.group.key}/manage/applications/{asked.pk}/"
    told = site.browser(site.amina).post(address, {"note": "x" * 301}, follow=True)
    assert "300 characters" in words(told)
    asked.refresh_from_db()
    assert asked.state == Membership.State.APPLIED


def test_a_session_that_nobody_will_lead_needs_somebody(site: Site, session: Occurrence) -> None:
    assert "has no facilitator" not in _dashboard(site)
    site.browser(site.amina).post(f"/s/{session.key}/seat/", {"decline": "1"})
    assert "today, 20:00 has no facilitator" in _dashboard(site)


def test_more_people_than_seats_need_somebody(site: Site, session: Occurrence) -> None:
    for name in ("dana", "eli"):
        make.seat(make.membership(make.person(name), site.group), session)
    site.browser(site.amina).post(f"/s/{session.key}/seats/", {"capacity": "1"})
    assert (
        "today, 20:00 has more people than places Tuesday lamp · 2 come, for 1 places."
        in _dashboard(site)
    )


def test_an_hour_that_moves_for_somebody_needs_a_look_and_names_nobody(site: Site) -> None:
    make.series(site.group, first_local=datetime(2026, 6, 9, 18, 0))
    assert "Clocks change for some members" not in _dashboard(site)
    with time_machine.travel(datetime(2026, 10, 1, 12, 0, tzinfo=UTC), tick=False):
        make.membership(make.person("dana", tz="America/New_York"), site.group)
        told = _dashboard(site)
    assert "For 2 people it is at another time from 27 October." in told  # and Amina
    assert "New York" not in told


def test_more_than_eight_seats_ask_for_a_co_facilitator(site: Site) -> None:
    assert "A co-facilitator would help" in _dashboard(site)
    make.membership(make.person("dana"), site.group, role=Membership.Role.CO_FACILITATOR)
    assert "A co-facilitator would help" not in _dashboard(site)
    form = words(site.browser(site.amina).get(f"/g/{site.group.key}/manage/describe/"))
    assert "Above 8, make someone a co-facilitator" in form


@pytest.mark.parametrize("capacity", ["0", "101", "many"])
def test_every_limit_of_the_seats_says_itself(
    site: Site, session: Occurrence, capacity: str
) -> None:
    answer = site.browser(site.amina).post(f"/s/{session.key}/seats/", {"capacity": capacity})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


def test_a_message_reaches_the_members_and_nobody_else(site: Site) -> None:
    Group.objects.update(is_listed=True)
    site.browser(site.amina).post(
        f"/g/{site.group.key}/manage/message/", {"text": "Tea <b>and</b> cake\non Tuesday."}
    )
    page = site.browser(site.bo).get(site.group.get_absolute_url()).content.decode()
    assert "From the facilitators" in page
    assert "Tea &lt;b&gt;and&lt;/b&gt; cake<br>on Tuesday." in page
    for person in (site.chen, None, _applicant(site, "dana")):
        other = site.browser(person).get(site.group.get_absolute_url()).content.decode()
        assert "Tuesday lamp" in other
        assert "Tea" not in other


@pytest.mark.parametrize("text", ["", "x" * 1001])
def test_a_message_has_words_but_not_too_many(site: Site, text: str) -> None:
    address = f"/g/{site.group.key}/manage/message/"
    answer = site.browser(site.amina).post(address, {"text": text})
    assert "errorlist" in answer.content.decode()
    assert not GroupMessage.objects.exists()


def test_cover_is_found_from_the_desk_and_the_asker_sees_how_it_stands(
    site: Site, session: Occurrence
) -> None:
    eli = make.person("eli", tz="Europe/Lisbon")
    make.affiliation(eli, site.organisation, is_substitute=True)
    browser = site.browser(site.amina)
    address = f"/s/{session.key}/cover/"
    assert address in browser.get("/facilitating/").content.decode()
    assert "Ask 1 person" in words(browser.get(address))
    assert "1 person is asked" in words(browser.post(address, follow=True))
    assert "See who was asked" in _dashboard(site)
    invitation = CoverInvitation.objects.get()
    assert "Can you lead this session?" in _dashboard(site, eli)
    accepted = site.browser(eli).post(f"/cover/{invitation.key}/", {"alias": "Steady"}, follow=True)
    assert "You lead it" in words(accepted)
    assert "Steady leads" in _dashboard(site)
    assert "Steady leads this session" in words(browser.get(address))


def test_who_is_too_late_or_takes_a_taken_alias_is_told_so(site: Site, session: Occurrence) -> None:
    eli, frida = make.person("eli"), make.person("frida")
    make.membership(make.person("bob"), site.group, alias="Bo")
    for person in (eli, frida):
        make.affiliation(person, site.organisation, is_substitute=True)
    cover.request_cover(by=site.amina, occurrence=session, now=NOW)
    of_eli, of_frida = (CoverInvitation.objects.get(person=person) for person in (eli, frida))
    taken = site.browser(eli).post(f"/cover/{of_eli.key}/", {"alias": "BO"})
    assert "already goes by that" in words(taken)
    site.browser(frida).post(f"/cover/{of_frida.key}/", {"alias": "Steady"})
    late = site.browser(eli).post(f"/cover/{of_eli.key}/", {"alias": "Sure"})
    assert "It is settled" in words(late)


def test_a_cover_invitation_is_for_one_person(site: Site, session: Occurrence) -> None:
    eli = make.person("eli")
    make.affiliation(eli, site.organisation, is_substitute=True)
    make.affiliation(site.chen, make.organisation(), is_substitute=True)
    cover.request_cover(by=site.amina, occurrence=session, now=NOW)
    address = f"/cover/{CoverInvitation.objects.get().key}/"
    assert site.browser(eli).get(address).status_code == 200
    for person in (site.bo, site.chen, site.amina):
        assert site.browser(person).get(address).status_code == 404


def test_a_coordinator_notes_who_is_trained_and_they_choose_their_hours(site: Site) -> None:
    affiliation = make.affiliation(site.chen, site.organisation)
    address = f"/organisations/{site.organisation.key}/substitutes/{affiliation.pk}/"
    page = site.browser(site.amina).post(address, {"trained": "1"}, follow=True)
    assert "Trained substitute" in words(page)
    browser = site.browser(site.chen)
    assert "in Kathmandu" in words(browser.get("/cover/"))
    browser.post(
        "/cover/", {"awake_from": "15:00", "awake_until": "02:00", "max_sessions_per_week": "2"}
    )
    affiliation.refresh_from_db()
    assert affiliation.awake_until.hour == 2
    assert affiliation.substitutes_since == NOW


def test_a_member_waits_is_offered_a_seat_and_takes_it(site: Site, session: Occurrence) -> None:
    Group.objects.update(capacity=1)
    first = make.membership(make.person("dana"), site.group)
    make.seat(first, session)
    browser, address = site.browser(site.bo), f"/s/{session.key}/seat/"
    assert "Join the waiting list" in words(browser.get("/mine/"))
    browser.post(address, {"wait": "1"})
    assert "You're on the waiting list" in words(browser.get("/mine/"))
    seats.decline_seat(person=first.person, occurrence=session, now=NOW)
    told = words(browser.get("/mine/"))
    assert "A place is kept for you until Fri 5 Jun, 15:15" in told  # in Copenhagen
    assert "Dana" not in told
    browser.post(address)
    assert "You're coming" in words(browser.get("/mine/"))


def test_a_regular_says_so_once_and_not_this_time_with_one_tap(site: Site) -> None:
    series = make.series(site.group)
    session = make.occurrence(site.group, series=series, starts_at=NOW + timedelta(days=4))
    browser = site.browser(site.bo)
    assert "Count me in every time" in words(browser.get(site.group.get_absolute_url()))
    page = browser.post(f"/g/{site.group.key}/recurring-seat/{series.pk}/", follow=True)
    pressed = 'value="1" aria-pressed="true"'
    assert (
        page.content.decode().count(pressed) == 3
    )  # every time, and the next session in both places
    browser.post(f"/s/{session.key}/seat/", {"decline": "1", "back": "group"})
    assert Seat.objects.get().state == Seat.State.DECLINED
    browser.post(f"/g/{site.group.key}/recurring-seat/{series.pk}/", {"end": "1"})
    assert not site.bo.memberships.get().recurring_seats.exists()


def test_an_outsider_finds_none_of_it(site: Site, session: Occurrence) -> None:
    chen = site.browser(site.chen)
    for address in (
        "/facilitating/",
        "/cover/",
        f"/s/{session.key}/cover/",
        f"/s/{session.key}/seats/",
        f"/g/{site.group.key}/manage/message/",
    ):
        assert chen.get(address).status_code == 404
        assert chen.post(address).status_code == 404
