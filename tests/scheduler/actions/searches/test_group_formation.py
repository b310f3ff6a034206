from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from accounts.actions.people import close_account
from optimizer.progress import ignore_progress
from scheduler.actions.availability import choose_availability_shares
from scheduler.actions.group_requests import (
    OfferIsGone,
    accept_group_offer,
    decline_group_offer,
    request_group,
    withdraw_group_request,
)
from scheduler.actions.organisations import NotCoordinating
from scheduler.actions.searches import create_group_from_proposal, request_search, run_next_search
from scheduler.actions.searches.group_formation import (
    MAX_GROUP_SIZE,
    MIN_GROUP_SIZE,
    build_question,
    obstacles,
    proposals_of,
    save_result,
)
from scheduler.actions.searches.jobs import ProposalIsStale
from scheduler.models import (
    Group,
    GroupOffer,
    GroupProposal,
    GroupRequest,
    Membership,
    Search,
    WaitingCount,
)
from scheduler.rules.names import UnfitAlias
from tests import make
from tests.support import searches
from tests.support.searches import NOW, Partner

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner() -> Partner:
    return searches.partner()


@pytest.fixture(autouse=True)
def _on_friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def draft(partner: Partner) -> list[GroupProposal]:
    """Search as a tick does, but in this process: one of its own takes a second to start."""
    search = Search.objects.create(
        organisation=partner.organisation, kind=Search.Kind.GROUPS, state=Search.State.DONE
    )
    save_result(search, build_question(partner.organisation, now=NOW).answer(ignore_progress))
    return proposals_of(search)


def accept(partner: Partner, proposal: GroupProposal, alias: str = "Daria") -> Group:
    return create_group_from_proposal(
        by=partner.daria,
        proposal=proposal,
        name="Нове коло",
        about="",
        capacity=10,
        alias=alias,
        now=NOW,
    )


def offer_of(request: GroupRequest) -> GroupOffer:
    return GroupOffer.objects.waiting().get(request=request)


def test_people_with_a_language_and_an_hour_in_common_become_a_proposal(partner: Partner) -> None:
    searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    [proposal] = draft(partner)
    assert (proposal.language, proposal.people, obstacles([proposal])) == ("uk", MIN_GROUP_SIZE, {})
    assert 17 <= proposal.at_local.hour <= 21
    assert not Group.objects.exclude(pk=partner.group.pk).exists()


def test_a_tick_runs_the_search_in_a_process_of_its_own(partner: Partner) -> None:
    searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    search = request_search(
        by=partner.daria, organisation=partner.organisation, kind=Search.Kind.GROUPS, now=NOW
    )
    assert run_next_search()
    search.refresh_from_db()
    assert search.state == Search.State.DONE
    assert [proposal.people for proposal in proposals_of(search)] == [MIN_GROUP_SIZE]


def test_fewer_than_five_are_no_group_and_are_counted_without_a_name(partner: Partner) -> None:
    searches.request_groups(partner.organisation, MIN_GROUP_SIZE - 1)
    assert draft(partner) == []
    [waiting] = WaitingCount.objects.all()
    assert (waiting.reason, waiting.people) == ("too_few_alike", MIN_GROUP_SIZE - 1)


def test_no_group_is_larger_than_a_circle(partner: Partner) -> None:
    searches.request_groups(partner.organisation, MAX_GROUP_SIZE + MIN_GROUP_SIZE)
    assert sorted(proposal.people for proposal in draft(partner)) in (
        [5, 12],
        [6, 11],
        [7, 10],
        [8, 9],
    )


def test_a_week_that_may_not_be_counted_is_not(partner: Partner) -> None:
    requests = searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    choose_availability_shares(
        person=requests[0].person, groups=[], everywhere=False, coordinators=False, now=NOW
    )
    assert len(build_question(partner.organisation, now=NOW).applicants) == MIN_GROUP_SIZE - 1


def test_who_looks_with_another_partner_is_not_counted(partner: Partner) -> None:
    searches.request_groups(make.organisation(), MIN_GROUP_SIZE)
    assert draft(partner) == []


def test_a_question_holds_no_name_and_no_address(partner: Partner) -> None:
    searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    assert "seeker" not in repr(build_question(partner.organisation, now=NOW))


def test_founding_asks_everybody_and_moves_nobody(partner: Partner) -> None:
    requests = searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    [proposal] = draft(partner)
    group = accept(partner, proposal)
    assert list(group.memberships.values_list("person__username", "role")) == [
        ("daria", Membership.Role.FACILITATOR)
    ]
    assert (group.is_listed, group.join_policy, group.languages) == (False, "invitation", ["uk"])
    assert {offer.request for offer in GroupOffer.objects.waiting()} == set(requests)
    series = group.series.get()
    assert (series.first_local.weekday(), series.first_local.time()) == (
        proposal.weekday,
        proposal.at_local,
    )
    assert group.occurrences.earliest("starts_at").starts_at >= NOW + timedelta(days=7)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.created_group) == (GroupProposal.State.ACCEPTED, group)


def test_who_takes_her_place_joins_under_an_alias_and_looks_no_more(partner: Partner) -> None:
    requests = searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    group = accept(partner, draft(partner)[0])
    membership = accept_group_offer(
        person=requests[0].person, offer=offer_of(requests[0]), alias="Мальва", now=NOW
    )
    assert (membership.group, membership.state) == (group, Membership.State.ACTIVE)
    assert requests[0] not in GroupRequest.objects.open()
    assert group.memberships.count() == 2


def test_who_declines_goes_on_looking(partner: Partner) -> None:
    requests = searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    accept(partner, draft(partner)[0])
    offer = offer_of(requests[0])
    decline_group_offer(person=requests[0].person, offer=offer)
    assert list(GroupRequest.objects.unplaced()) == [requests[0]]
    with pytest.raises(OfferIsGone):
        accept_group_offer(person=requests[0].person, offer=offer, alias="Мальва", now=NOW)


def test_a_place_is_hers_alone(partner: Partner) -> None:
    requests = searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    group = accept(partner, draft(partner)[0])
    for person in (requests[1].person, partner.eli):
        with pytest.raises(OfferIsGone):
            accept_group_offer(person=person, offer=offer_of(requests[0]), alias="Мальва", now=NOW)
        with pytest.raises(OfferIsGone):
            decline_group_offer(person=person, offer=offer_of(requests[0]))
    assert group.memberships.count() == 1


def test_a_place_in_a_closed_group_is_gone(partner: Partner) -> None:
    requests = searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    group = accept(partner, draft(partner)[0])
    offer = offer_of(requests[0])
    Group.objects.filter(pk=group.pk).update(closed_at=NOW)
    with pytest.raises(OfferIsGone):
        accept_group_offer(person=requests[0].person, offer=offer, alias="Мальва", now=NOW)
    assert GroupRequest.objects.unplaced().count() == MIN_GROUP_SIZE


def test_an_alias_that_does_not_fit_takes_nothing(partner: Partner) -> None:
    requests = searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    accept(partner, draft(partner)[0])
    with pytest.raises(UnfitAlias):
        accept_group_offer(
            person=requests[0].person, offer=offer_of(requests[0]), alias=" ", now=NOW
        )
    assert offer_of(requests[0]).answer == GroupOffer.Answer.NONE


def test_a_line_whose_people_found_something_else_is_not_founded(partner: Partner) -> None:
    requests = searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    first, second = draft(partner)[0], draft(partner)[0]
    accept(partner, first)
    for stale in (first, proposals_of(second.search)[0]):
        with pytest.raises(ProposalIsStale):
            accept(partner, stale, "Other")
    withdraw_group_request(person=requests[0].person, organisation=partner.organisation, now=NOW)
    assert GroupOffer.objects.waiting().count() == MIN_GROUP_SIZE - 1
    assert Group.objects.count() == 2


def test_a_coordinator_alone_founds(partner: Partner) -> None:
    searches.request_groups(partner.organisation, MIN_GROUP_SIZE)
    [proposal] = draft(partner)
    for person in (partner.amina, partner.eli):
        with pytest.raises(NotCoordinating):
            create_group_from_proposal(
                by=person, proposal=proposal, name="x", about="", capacity=9, alias="A", now=NOW
            )


def test_looking_twice_changes_the_languages_alone(partner: Partner) -> None:
    bo = make.person("bo")
    for spoken in (["da"], ["en", "da"]):
        request = request_group(
            person=bo, organisation=partner.organisation, languages=spoken, now=NOW
        )
    assert request.languages == ["da", "en"]
    assert bo.group_requests.count() == 1


def test_a_closed_account_looks_for_nothing(partner: Partner) -> None:
    request = searches.request_from("bo", partner.organisation)
    close_account(person=request.person, now=NOW)
    assert not GroupRequest.objects.exists()
