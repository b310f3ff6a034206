from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from optimizer.progress import ignore_progress
from scheduler.actions.searches import create_group_from_proposal, group_formation, rosters
from scheduler.actions.searches.group_formation import MIN_GROUP_SIZE, proposals_of
from scheduler.actions.searches.jobs import claim
from scheduler.models import CoverInvitation, Group, GroupOffer, GroupRequest, Membership, Search
from tests import make
from tests.support import searches
from tests.support.searches import NOW, Partner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from pytest_django import DjangoAssertMaxNumQueries

    from accounts.models import Person

pytestmark = pytest.mark.django_db
Kind, State = Search.Kind, Search.State


@pytest.fixture(autouse=True)
def _on_friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def partner() -> Partner:
    return searches.partner()


@pytest.fixture
def daria(partner: Partner) -> Client:
    return browser(partner.daria)


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(partner: Partner, rest: str) -> str:
    return f"/organisations/{partner.organisation.key}/{rest}"


def read(client: Client, partner: Partner, rest: str) -> str:
    answer: HttpResponse = client.get(address(partner, rest))
    assert answer.status_code == 200
    return answer.content.decode()


def draft(partner: Partner, kind: str) -> Search:
    search = Search.objects.create(
        organisation=partner.organisation,
        kind=kind,
        state=State.DONE,
        requested_at=NOW,
        ended_at=NOW,
    )
    if kind == Kind.ROSTER:
        rosters.save_result(
            search, rosters.build_question(partner.organisation, now=NOW).answer(ignore_progress)
        )
    else:
        group_formation.save_result(
            search,
            group_formation.build_question(partner.organisation, now=NOW).answer(ignore_progress),
        )
    return search


@pytest.mark.parametrize("page", ["roster/", "new-groups/"])
def test_a_search_is_asked_for_shown_and_cancelled_without_javascript(
    partner: Partner, daria: Client, page: str
) -> None:
    searches.request_groups(partner.organisation, 1)
    daria.post(address(partner, page))
    search = Search.objects.get()
    assert "is waiting for its turn" in read(daria, partner, page)
    assert (run := claim(now=NOW))
    assert run.search == search
    Search.objects.update(progress=0.25)
    page_text = read(daria, partner, page)
    assert "25 %" in page_text
    assert "<progress" in page_text
    daria.post(address(partner, f"searches/{search.key}/cancel/"))
    assert "was cancelled" in read(daria, partner, page)
    search.refresh_from_db()
    assert search.state == State.CANCELLED


def test_asking_twice_says_that_it_is_searched_already(partner: Partner, daria: Client) -> None:
    daria.post(address(partner, "roster/"))
    answer = daria.post(address(partner, "roster/"), follow=True)
    assert "being searched already" in answer.content.decode()
    assert Search.objects.count() == 1


def test_the_part_that_is_polled_says_when_it_has_ended(partner: Partner, daria: Client) -> None:
    daria.post(address(partner, "roster/"))
    search = Search.objects.get()
    part = f"searches/{search.key}/"
    assert 'data-poll-state="open"' in read(daria, partner, part)
    Search.objects.update(state=State.DONE)
    answer = daria.get(address(partner, part))
    assert 'data-poll-state="ended"' in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_a_roster_says_why_and_asks_on_a_click(partner: Partner, daria: Client) -> None:
    searches.next_week(partner.session)
    search = draft(partner, Kind.ROSTER)
    page = read(daria, partner, "roster/")
    assert "Speaks Slovensky. First session of that week." in page
    assert "Leads this group again." in page
    proposal = search.roster_proposals.first()
    assert proposal is not None
    daria.post(address(partner, f"roster/{proposal.pk}/"))
    assert CoverInvitation.objects.get().person == partner.eli
    assert "Asked. No answer yet." in read(daria, partner, "roster/")


def test_a_proposal_is_put_away(partner: Partner, daria: Client) -> None:
    proposal = draft(partner, Kind.ROSTER).roster_proposals.get()
    daria.post(address(partner, f"roster/{proposal.pk}/"), {"dismiss": "1"})
    assert "Dismissed." in read(daria, partner, "roster/")
    assert not CoverInvitation.objects.exists()


def test_a_stale_proposal_says_so_and_has_no_button(partner: Partner, daria: Client) -> None:
    proposal = draft(partner, Kind.ROSTER).roster_proposals.get()
    partner.session.cancelled_at = NOW
    partner.session.save()
    page = read(daria, partner, "roster/")
    assert "The session is cancelled now." in page
    assert address(partner, f"roster/{proposal.pk}/") not in page
    answer = daria.post(address(partner, f"roster/{proposal.pk}/"), follow=True)
    assert "The session is cancelled now." in answer.content.decode()


def test_a_draft_stays_while_a_new_one_is_searched(partner: Partner, daria: Client) -> None:
    draft(partner, Kind.ROSTER)
    daria.post(address(partner, "roster/"))
    page = read(daria, partner, "roster/")
    assert "Searching…" in page
    assert "Speaks Slovensky." in page


def test_new_groups_tell_how_many_and_never_who(partner: Partner, daria: Client) -> None:
    searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    searches.request_from("lonely", partner.organisation, language="fa")
    draft(partner, Kind.GROUPS)
    page = read(daria, partner, "new-groups/")
    assert "It would suit 5 people." in page
    assert "Too few share their language and a time." in page
    assert "fewer than five people" in page
    assert "5 people or more" in page
    assert "6 people" not in page
    for username in ("seeker", "lonely", "Kyiv, Ukraine"):
        assert username not in page


@pytest.mark.parametrize("count", [1, MIN_GROUP_SIZE - 1])
def test_below_five_no_number_is_told(partner: Partner, daria: Client, count: int) -> None:
    searches.request_groups(partner.organisation, count)
    draft(partner, Kind.GROUPS)
    page = read(daria, partner, "new-groups/")
    assert page.count("fewer than five people") == 3
    assert f"{count} p" not in page


def test_founding_from_a_draft_offers_places_that_their_people_take_or_decline(
    partner: Partner, daria: Client
) -> None:
    requests = searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    proposal = draft(partner, Kind.GROUPS).group_proposals.get()
    answer = daria.post(
        address(partner, f"new-groups/{proposal.pk}/"),
        {"name": "Нове коло", "about": "", "capacity": 9, "alias": "Daria"},
    )
    group = Group.objects.get(name="Нове коло")
    assert answer["Location"] == f"/g/{group.key}/manage/"
    taker, decliner = (browser(request.person) for request in requests[:2])
    mine, other = (
        f"/groups/offers/{offer.key}/" for offer in GroupOffer.objects.order_by("request")[:2]
    )
    assert mine in taker.get("/groups/").content.decode()
    assert taker.get(other).status_code == 404
    assert "Нове коло" in taker.get(mine).content.decode()
    assert taker.post(mine, {"alias": "Мальва"})["Location"] == f"/g/{group.key}/"
    decliner.post(other, {"decline": "1"})
    assert set(group.memberships.values_list("alias", flat=True)) == {"Daria", "Мальва"}
    assert decliner.get(other).status_code == taker.get(mine).status_code == 404
    assert list(GroupRequest.objects.unplaced()) == [requests[1]]


def test_a_taken_alias_keeps_the_place_and_says_so(partner: Partner) -> None:
    requests = searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    [proposal] = proposals_of(draft(partner, Kind.GROUPS))
    create_group_from_proposal(
        by=partner.daria,
        proposal=proposal,
        name="Коло",
        about="",
        capacity=9,
        alias="Daria",
        now=NOW,
    )
    offer = GroupOffer.objects.get(request=requests[0])
    answer = browser(requests[0].person).post(f"/groups/offers/{offer.key}/", {"alias": "daria"})
    assert "already goes by that" in answer.content.decode()
    offer.refresh_from_db()
    assert offer.answer == GroupOffer.Answer.NONE


def test_somebody_looks_for_a_group_and_stops(partner: Partner) -> None:
    bo = make.person("bo")
    client = browser(bo)
    client.post(
        "/groups/request/", {"organisation": partner.organisation.pk, "languages": ["da", "en"]}
    )
    page = client.get("/groups/request/").content.decode()
    assert "Dansk" in page
    assert "You have not shared your availability" in page
    client.post("/groups/request/", {"stop": partner.organisation.key})
    assert not GroupRequest.objects.open().exists()


def test_a_coordinator_of_another_partner_opens_nothing(partner: Partner) -> None:
    proposal = draft(partner, Kind.ROSTER).roster_proposals.get()
    elsewhere = searches.make.affiliation(
        make.person("chen"), make.organisation(), role="coordinator"
    )
    client = browser(elsewhere.person)
    own = f"/organisations/{elsewhere.organisation.key}"
    assert client.get(address(partner, "roster/")).status_code == 404
    assert client.post(f"{own}/roster/{proposal.pk}/").status_code == 404
    assert client.get(f"{own}/searches/{proposal.search.key}/").status_code == 404


@pytest.mark.parametrize("weeks", [0, 2])
def test_a_roster_is_read_in_as_many_queries_however_long(
    partner: Partner,
    daria: Client,
    weeks: int,
    django_assert_max_num_queries: DjangoAssertMaxNumQueries,
) -> None:
    for week in range(1, weeks + 1):
        searches.next_week(partner.session, week)
    draft(partner, Kind.ROSTER)
    with django_assert_max_num_queries(24):
        read(daria, partner, "roster/")


@pytest.mark.parametrize("languages", [("uk",), ("uk", "sk", "fa")])
def test_new_groups_are_read_in_as_many_queries_however_many(
    partner: Partner,
    daria: Client,
    languages: tuple[str, ...],
    django_assert_max_num_queries: DjangoAssertMaxNumQueries,
) -> None:
    for language in languages:
        for number in range(MIN_GROUP_SIZE):
            searches.request_from(f"{language}{number}", partner.organisation, language=language)
    assert draft(partner, Kind.GROUPS).group_proposals.count() == len(languages)
    with django_assert_max_num_queries(14):
        read(daria, partner, "new-groups/")


def test_a_facilitator_is_no_coordinator(partner: Partner) -> None:
    assert partner.group.memberships.get(person=partner.amina).role == Membership.Role.FACILITATOR
    assert browser(partner.amina).get(address(partner, "roster/")).status_code == 404


def test_two_of_her_groups_at_once_are_told_to_her_alone(
    partner: Partner, django_assert_max_num_queries: DjangoAssertMaxNumQueries
) -> None:
    bo = make.person("bo")
    for name in ("Amber", "Brook"):
        group = make.group(name, is_listed=False)
        make.membership(bo, group)
        make.series(group)
    make.membership(partner.eli, Group.objects.get(name="Amber"))
    client = browser(bo)
    with django_assert_max_num_queries(12):
        page = client.get("/groups/").content.decode()
    assert "<bdi>Amber</bdi> and <bdi>Brook</bdi> meet at the same time." in page
    assert "Only you see this." in page
    assert "at the same time" not in browser(partner.eli).get("/groups/").content.decode()
