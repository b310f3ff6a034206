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
from scheduler.actions.searches import ask_search, create_group_from_proposal, run_next
from scheduler.actions.searches.group_formation import (
    LARGEST,
    SMALLEST,
    obstacles,
    proposals_of,
    question_for,
    write,
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
    write(search, question_for(partner.organisation, now=NOW).answer(ignore_progress))
    return proposals_of(search)


def found(partner: Partner, line: GroupProposal, alias: str = "Daria") -> Group:
    return create_group_from_proposal(
        by=partner.daria, line=line, name="Нове коло", about="", capacity=10, alias=alias, now=NOW
    )


def place_of(wish: GroupRequest) -> GroupOffer:
    return GroupOffer.objects.waiting().get(wish=wish)


def test_people_with_a_language_and_an_hour_in_common_become_a_line(partner: Partner) -> None:
    searches.crowd(partner.organisation, SMALLEST)
    [line] = draft(partner)
    assert (line.language, line.people, obstacles([line])) == ("uk", SMALLEST, {})
    assert 17 <= line.at_local.hour <= 21
    assert not Group.objects.exclude(pk=partner.group.pk).exists()


def test_a_tick_runs_the_search_in_a_process_of_its_own(partner: Partner) -> None:
    searches.crowd(partner.organisation, SMALLEST)
    search = ask_search(
        by=partner.daria, organisation=partner.organisation, kind=Search.Kind.GROUPS, now=NOW
    )
    assert run_next()
    search.refresh_from_db()
    assert search.state == Search.State.DONE
    assert [line.people for line in proposals_of(search)] == [SMALLEST]


def test_fewer_than_five_are_no_group_and_are_counted_without_a_name(partner: Partner) -> None:
    searches.crowd(partner.organisation, SMALLEST - 1)
    assert draft(partner) == []
    [waiting] = WaitingCount.objects.all()
    assert (waiting.why, waiting.people) == ("too_few_alike", SMALLEST - 1)


def test_no_group_is_larger_than_a_circle(partner: Partner) -> None:
    searches.crowd(partner.organisation, LARGEST + SMALLEST)
    assert sorted(line.people for line in draft(partner)) in ([5, 12], [6, 11], [7, 10], [8, 9])


def test_a_week_that_may_not_be_counted_is_not(partner: Partner) -> None:
    crowd = searches.crowd(partner.organisation, SMALLEST)
    choose_availability_shares(
        person=crowd[0].person, groups=[], everywhere=False, coordinators=False, now=NOW
    )
    assert len(question_for(partner.organisation, now=NOW).applicants) == SMALLEST - 1


def test_who_looks_with_another_partner_is_not_counted(partner: Partner) -> None:
    searches.crowd(make.organisation(), SMALLEST)
    assert draft(partner) == []


def test_a_question_holds_no_name_and_no_address(partner: Partner) -> None:
    searches.crowd(partner.organisation, SMALLEST)
    assert "seeker" not in repr(question_for(partner.organisation, now=NOW))


def test_founding_asks_everybody_and_moves_nobody(partner: Partner) -> None:
    crowd = searches.crowd(partner.organisation, SMALLEST)
    [line] = draft(partner)
    group = found(partner, line)
    assert list(group.memberships.values_list("person__username", "role")) == [
        ("daria", Membership.Role.FACILITATOR)
    ]
    assert (group.is_listed, group.join_policy, group.languages) == (False, "invitation", ["uk"])
    assert {place.wish for place in GroupOffer.objects.waiting()} == set(crowd)
    series = group.series.get()
    assert (series.first_local.weekday(), series.first_local.time()) == (
        line.weekday,
        line.at_local,
    )
    assert group.occurrences.earliest("starts_at").starts_at >= NOW + timedelta(days=7)
    line.refresh_from_db()
    assert (line.state, line.created_group) == (GroupProposal.State.ACCEPTED, group)


def test_who_takes_her_place_joins_under_an_alias_and_looks_no_more(partner: Partner) -> None:
    crowd = searches.crowd(partner.organisation, SMALLEST)
    group = found(partner, draft(partner)[0])
    membership = accept_group_offer(
        person=crowd[0].person, place=place_of(crowd[0]), alias="Мальва", now=NOW
    )
    assert (membership.group, membership.state) == (group, Membership.State.ACTIVE)
    assert crowd[0] not in GroupRequest.objects.open()
    assert group.memberships.count() == 2


def test_who_declines_goes_on_looking(partner: Partner) -> None:
    crowd = searches.crowd(partner.organisation, SMALLEST)
    found(partner, draft(partner)[0])
    place = place_of(crowd[0])
    decline_group_offer(person=crowd[0].person, place=place)
    assert list(GroupRequest.objects.unplaced()) == [crowd[0]]
    with pytest.raises(OfferIsGone):
        accept_group_offer(person=crowd[0].person, place=place, alias="Мальва", now=NOW)


def test_a_place_is_hers_alone(partner: Partner) -> None:
    crowd = searches.crowd(partner.organisation, SMALLEST)
    group = found(partner, draft(partner)[0])
    for person in (crowd[1].person, partner.eli):
        with pytest.raises(OfferIsGone):
            accept_group_offer(person=person, place=place_of(crowd[0]), alias="Мальва", now=NOW)
        with pytest.raises(OfferIsGone):
            decline_group_offer(person=person, place=place_of(crowd[0]))
    assert group.memberships.count() == 1


def test_a_place_in_a_closed_group_is_gone(partner: Partner) -> None:
    crowd = searches.crowd(partner.organisation, SMALLEST)
    group = found(partner, draft(partner)[0])
    place = place_of(crowd[0])
    Group.objects.filter(pk=group.pk).update(closed_at=NOW)
    with pytest.raises(OfferIsGone):
        accept_group_offer(person=crowd[0].person, place=place, alias="Мальва", now=NOW)
    assert GroupRequest.objects.unplaced().count() == SMALLEST


def test_an_alias_that_does_not_fit_takes_nothing(partner: Partner) -> None:
    crowd = searches.crowd(partner.organisation, SMALLEST)
    found(partner, draft(partner)[0])
    with pytest.raises(UnfitAlias):
        accept_group_offer(person=crowd[0].person, place=place_of(crowd[0]), alias=" ", now=NOW)
    assert place_of(crowd[0]).answer == GroupOffer.Answer.NONE


def test_a_line_whose_people_found_something_else_is_not_founded(partner: Partner) -> None:
    crowd = searches.crowd(partner.organisation, SMALLEST)
    first, second = draft(partner)[0], draft(partner)[0]
    found(partner, first)
    for stale in (first, proposals_of(second.search)[0]):
        with pytest.raises(ProposalIsStale):
            found(partner, stale, "Other")
    withdraw_group_request(person=crowd[0].person, organisation=partner.organisation, now=NOW)
    assert GroupOffer.objects.waiting().count() == SMALLEST - 1
    assert Group.objects.count() == 2


def test_a_coordinator_alone_founds(partner: Partner) -> None:
    searches.crowd(partner.organisation, SMALLEST)
    [line] = draft(partner)
    for person in (partner.amina, partner.eli):
        with pytest.raises(NotCoordinating):
            create_group_from_proposal(
                by=person, line=line, name="x", about="", capacity=9, alias="A", now=NOW
            )


def test_looking_twice_changes_the_languages_alone(partner: Partner) -> None:
    bo = make.person("bo")
    for spoken in (["da"], ["en", "da"]):
        wish = request_group(
            person=bo, organisation=partner.organisation, languages=spoken, now=NOW
        )
    assert wish.languages == ["da", "en"]
    assert bo.group_requests.count() == 1


def test_a_closed_account_looks_for_nothing(partner: Partner) -> None:
    wish = searches.looks("bo", partner.organisation)
    close_account(person=wish.person, now=NOW)
    assert not GroupRequest.objects.exists()
