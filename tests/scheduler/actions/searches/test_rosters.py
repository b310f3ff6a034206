from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from accounts.actions.people import close_account
from optimizer import Level
from optimizer.progress import ignore_progress
from scheduler.actions import cover
from scheduler.actions.availability import choose_availability_shares, set_weekly_availability
from scheduler.actions.memberships import remove_member
from scheduler.actions.organisations import NotCoordinating, choose_waking_hours, set_substitute
from scheduler.actions.schedule import cancel_occurrence, move_occurrence
from scheduler.actions.searches import (
    accept_roster_proposal,
    dismiss_proposal,
    request_search,
    run_next_search,
)
from scheduler.actions.searches.jobs import ProposalIsStale
from scheduler.actions.searches.rosters import build_question, save_result
from scheduler.models import CoverInvitation, Membership, RosterProposal, Search
from scheduler.queries.rosters import obstacles, proposals_of
from tests import make
from tests.support import searches
from tests.support.searches import NOW, Partner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import DjangoAssertNumQueries

    from accounts.models import Person

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def partner() -> Partner:
    return searches.partner()


@pytest.fixture(autouse=True)
def _on_friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def draft(partner: Partner) -> list[RosterProposal]:
    """Search as a tick does, but in this process: one of its own takes a second to start."""
    search = Search.objects.create(
        organisation=partner.organisation, kind=Search.Kind.ROSTER, state=Search.State.DONE
    )
    save_result(search, build_question(partner.organisation, now=NOW).answer(ignore_progress))
    return proposals_of(search)


def obstacle(proposal: RosterProposal) -> str:
    return obstacles([proposal], now=NOW).get(proposal.pk, "")


def accept(partner: Partner, proposal: RosterProposal) -> CoverInvitation:
    return accept_roster_proposal(by=partner.daria, proposal=proposal, now=NOW)


def test_a_session_that_nobody_leads_finds_who_speaks_its_language(partner: Partner) -> None:
    later = searches.next_week(partner.session)
    searches.helper("mute", partner.organisation, language="uk")
    first, second = draft(partner)
    assert (first.occurrence, first.person, first.language) == (partner.session, partner.eli, "sk")
    assert (first.nth_of_week, first.led_previous) == (1, False)
    assert (second.occurrence, second.person, second.led_previous) == (later, partner.eli, True)


def test_a_tick_runs_the_search_in_a_process_of_its_own(partner: Partner) -> None:
    search = request_search(
        by=partner.daria, organisation=partner.organisation, kind=Search.Kind.ROSTER, now=NOW
    )
    assert run_next_search()
    assert not run_next_search()
    search.refresh_from_db()
    assert (search.state, search.is_proven) == (Search.State.DONE, True)
    assert [proposal.person for proposal in proposals_of(search)] == [partner.eli]


def test_nothing_is_decided_before_a_coordinator_accepts_and_the_person_says_yes(
    partner: Partner,
) -> None:
    [proposal] = draft(partner)
    assert not CoverInvitation.objects.exists()
    invitation = accept(partner, proposal)
    partner.session.refresh_from_db()
    assert (invitation.person, partner.session.substitute) == (partner.eli, None)
    cover.accept_cover(person=partner.eli, invitation=invitation, alias="Hviezda", now=NOW)
    partner.session.refresh_from_db()
    assert partner.session.substitute is not None
    assert partner.session.substitute.person == partner.eli


def test_who_was_asked_is_not_proposed_again_while_she_thinks(partner: Partner) -> None:
    accept(partner, draft(partner)[0])
    assert draft(partner) == []


def test_who_declined_is_not_proposed_for_that_session_again(partner: Partner) -> None:
    invitation = accept(partner, draft(partner)[0])
    cover.decline_cover(person=partner.eli, invitation=invitation, now=NOW)
    [proposal] = draft(partner)
    assert (proposal.person, proposal.reason) == (None, "no_language")


def test_a_group_that_nobody_runs_needs_somebody_at_each_session(partner: Partner) -> None:
    alone = make.group(organisation=partner.organisation, languages=("sk",))
    session = make.occurrence(alone, starts_at=partner.session.starts_at + timedelta(days=1))
    assert [proposal.occurrence for proposal in draft(partner)] == [partner.session, session]


def test_sessions_of_other_partners_and_later_ones_are_not_searched(partner: Partner) -> None:
    make.occurrence(make.group(languages=("sk",)), starts_at=partner.session.starts_at)
    searches.next_week(partner.session, 4)
    assert [proposal.occurrence for proposal in draft(partner)] == [partner.session]


def test_a_painted_week_counts_only_with_consent_and_then_instead_of_waking_hours(
    partner: Partner,
) -> None:
    set_weekly_availability(person=partner.eli, cells=bytes([Level.NO]) * 672, now=NOW)
    assert draft(partner)[0].person == partner.eli
    choose_availability_shares(
        person=partner.eli, groups=[], everywhere=False, coordinators=True, now=NOW
    )
    [proposal] = draft(partner)
    assert (proposal.person, proposal.reason) == (None, "no_hour")


def test_what_a_helper_says_of_her_week_holds(partner: Partner) -> None:
    choose_waking_hours(
        person=partner.eli, awake_from=time(8, 5), awake_until=time(22), max_sessions_per_week=0,
        languages=["sk"],
    )  # fmt: skip
    assert draft(partner)[0].reason == "all_taken"


def test_what_a_helper_leads_elsewhere_keeps_her_away(partner: Partner) -> None:
    elsewhere = make.group(languages=("sk",))
    make.membership(partner.eli, elsewhere, role=Membership.Role.FACILITATOR)
    make.occurrence(elsewhere, starts_at=partner.session.starts_at + HOUR)
    assert draft(partner)[0].reason == "all_taken"


def test_without_languages_of_her_own_a_helper_leads_in_those_of_her_groups(
    partner: Partner,
) -> None:
    partner.eli.affiliations.get().spoken.all().delete()
    assert draft(partner)[0].reason == "no_language"
    group = make.group(languages=("cs",))
    make.membership(partner.eli, group, role=Membership.Role.FACILITATOR)
    assert draft(partner)[0].language == "cs"


STALE = {
    "The session is cancelled now.": lambda it: cancel_occurrence(
        by=it.amina, occurrence=it.session, reason="", now=NOW
    ),
    "The session is at another time now.": lambda it: move_occurrence(
        by=it.amina, occurrence=it.session, starts_local=it.session.starts_local + HOUR,
        tz=it.session.tz, duration_minutes=60, reason="", now=NOW,
    ),
    "Somebody leads this session now.": lambda it: cover.withdraw_cover_request(
        by=it.amina, occurrence=it.session, now=NOW
    ),
    "This person does not cover for others any more.": lambda it: set_substitute(
        by=it.daria, affiliation=it.eli.affiliations.get(), is_substitute=False, now=NOW
    ),
    "This person cannot lead this session.": lambda it: remove_member(
        by=it.amina, membership=make.membership(it.eli, it.group), now=NOW
    ),
    "This person leads another session at that time now.": lambda it: make.occurrence(
        make.membership(
            it.eli, make.group("other"), role=Membership.Role.FACILITATOR
        ).group,
        starts_at=it.session.starts_at,
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", STALE)
def test_a_proposal_that_has_become_impossible_says_so_and_is_not_accepted(
    partner: Partner, sentence: str
) -> None:
    [proposal] = draft(partner)
    assert obstacle(proposal) == ""
    happens: Callable[[Partner], object] = STALE[sentence]
    happens(partner)
    [proposal] = proposals_of(proposal.search)
    assert obstacle(proposal) == sentence
    with pytest.raises(ProposalIsStale, match=sentence):
        accept(partner, proposal)
    assert not CoverInvitation.objects.exists()


def test_a_session_that_has_begun_is_too_late(partner: Partner) -> None:
    [proposal] = draft(partner)
    later = partner.session.starts_at
    assert obstacles([proposal], now=later)[proposal.pk] == "The session has begun or is over."


def test_a_closed_account_leads_nothing(partner: Partner) -> None:
    [proposal] = draft(partner)
    close_account(person=partner.eli, now=NOW)
    assert (
        obstacle(proposals_of(proposal.search)[0])
        == "This person does not cover for others any more."
    )


def test_a_proposal_is_decided_on_once(partner: Partner) -> None:
    first, second = (draft(partner) for _ in range(2))
    accept(partner, first[0])
    with pytest.raises(ProposalIsStale):
        accept(partner, first[0])
    dismiss_proposal(by=partner.daria, proposal=second[0], now=NOW)
    with pytest.raises(ProposalIsStale):
        accept(partner, second[0])
    assert CoverInvitation.objects.count() == 1


def test_a_coordinator_alone_decides(partner: Partner) -> None:
    [proposal] = draft(partner)
    outsider = make.affiliation(make.person("chen"), make.organisation(), role="coordinator")
    people: list[Person] = [partner.amina, partner.eli, outsider.person]
    for person in people:
        with pytest.raises(NotCoordinating):
            accept_roster_proposal(by=person, proposal=proposal, now=NOW)
        with pytest.raises(NotCoordinating):
            dismiss_proposal(by=person, proposal=proposal, now=NOW)


def test_what_is_read_does_not_grow_with_the_proposals(
    partner: Partner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one = draft(partner)
    with django_assert_num_queries(7):
        obstacles(one, now=NOW)
    for weeks in (1, 2):
        searches.next_week(partner.session, weeks)
    three = draft(partner)
    assert len(three) == 3
    with django_assert_num_queries(7):
        obstacles(three, now=NOW)


def test_a_question_holds_no_name_and_no_address(partner: Partner) -> None:
    asked = repr(build_question(partner.organisation, now=NOW))
    for private in ("eli", "amina", "daria", "Tichá"):
        assert private not in asked
