from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from calendars.actions.feeds import create_feed
from scheduler.actions import invitations, memberships
from scheduler.actions.groups import NotFacilitating
from scheduler.actions.memberships import HandOver
from scheduler.actions.organisations import NotCoordinating
from scheduler.models import Affiliation, Group, Membership, Seat
from scheduler.rules.names import UnfitAlias
from tests import make

if TYPE_CHECKING:
    from accounts.models import Person

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY
State = Membership.State
Policy = Group.JoinPolicy


@pytest.fixture
def amina() -> Person:
    return make.person("amina", tz="Africa/Cairo")


@pytest.fixture
def bo() -> Person:
    return make.person("bo")


def _group(amina: Person, policy: str) -> Group:
    group = make.group(join_policy=policy)
    make.membership(amina, group, role=Membership.Role.FACILITATOR)
    return group


def _join(person: Person, group: Group, alias: str = "Quiet Harbour", code: str = "") -> Membership:
    return memberships.join_group(person=person, group=group, alias=alias, code=code, now=NOW)


def test_an_open_group_takes_whoever_comes(amina: Person, bo: Person) -> None:
    membership = _join(bo, _group(amina, Policy.OPEN))
    assert (membership.state, membership.alias) == (State.ACTIVE, "Quiet Harbour")


def test_an_application_waits_for_a_facilitator(amina: Person, bo: Person) -> None:
    membership = _join(bo, _group(amina, Policy.APPROVAL))
    assert membership.state == State.APPLIED
    memberships.answer_application(by=amina, membership=membership, is_accepted=True, now=NOW)
    membership.refresh_from_db()
    assert membership.state == State.ACTIVE


def test_the_first_answer_counts(amina: Person, bo: Person) -> None:
    membership = _join(bo, _group(amina, Policy.APPROVAL))
    memberships.answer_application(by=amina, membership=membership, is_accepted=True, now=NOW)
    memberships.answer_application(by=amina, membership=membership, is_accepted=False, now=NOW)
    membership.refresh_from_db()
    assert membership.state == State.ACTIVE


def test_an_invitation_opens_the_door_once(amina: Person, bo: Person) -> None:
    group = _group(amina, Policy.INVITATION)
    code = invitations.invite(by=amina, group=group, now=NOW)
    assert _join(bo, group, code=code.lower()).state == State.ACTIVE
    with pytest.raises(invitations.InvalidInvitation):
        _join(make.person("chen"), group, alias="Other", code=code)


def test_an_old_or_foreign_code_opens_nothing(amina: Person, bo: Person) -> None:
    group, other = _group(amina, Policy.INVITATION), _group(amina, Policy.INVITATION)
    old = invitations.invite(by=amina, group=group, now=NOW - timedelta(days=15))
    foreign = invitations.invite(by=amina, group=other, now=NOW)
    for code in ("", "WRONG", old, foreign):
        with pytest.raises(invitations.InvalidInvitation):
            _join(bo, group, code=code)


def test_no_two_members_go_by_names_that_read_the_same(amina: Person, bo: Person) -> None:
    group = _group(amina, Policy.OPEN)
    _join(bo, group, alias="River")
    with pytest.raises(memberships.AliasIsTaken):
        _join(make.person("chen"), group, alias="Ｒiver")


def test_an_alias_that_cannot_be_read_is_refused(amina: Person, bo: Person) -> None:
    with pytest.raises(UnfitAlias):
        _join(bo, _group(amina, Policy.OPEN), alias="Ri\u202ever")


def test_who_was_removed_or_declined_cannot_walk_in_again(amina: Person, bo: Person) -> None:
    removed_from, declined_by = _group(amina, Policy.OPEN), _group(amina, Policy.APPROVAL)
    memberships.remove_member(by=amina, membership=_join(bo, removed_from), now=NOW)
    memberships.answer_application(
        by=amina, membership=_join(bo, declined_by), is_accepted=False, now=NOW
    )
    for group in (removed_from, declined_by):
        with pytest.raises(memberships.CannotJoin):
            _join(bo, group)


def test_leaving_frees_seats_to_come_and_ends_calendar_addresses(amina: Person, bo: Person) -> None:
    group = _group(amina, Policy.OPEN)
    membership = _join(bo, group)
    gone, to_come = (
        make.occurrence(group, starts_at=NOW + timedelta(days=days)) for days in (-7, 7)
    )
    for occurrence in (gone, to_come):
        make.seat(membership, occurrence)
    feed = create_feed(person=bo, label="phone", now=NOW).feed
    memberships.leave_group(person=bo, group=group, now=NOW)
    assert list(Seat.objects.values_list("occurrence", flat=True)) == [gone.pk]
    feed.refresh_from_db()
    assert feed.revoked_at == NOW


def test_who_left_may_come_back(amina: Person, bo: Person) -> None:
    group = _group(amina, Policy.OPEN)
    _join(bo, group)
    memberships.leave_group(person=bo, group=group, now=NOW)
    assert _join(bo, group, alias="Morning").state == State.ACTIVE


def test_the_last_facilitator_hands_over_before_leaving(amina: Person, bo: Person) -> None:
    group = _group(amina, Policy.OPEN)
    membership = _join(bo, group)
    with pytest.raises(memberships.LastFacilitator):
        memberships.leave_group(person=amina, group=group, now=NOW)
    memberships.make_co_facilitator(by=amina, membership=membership)
    memberships.leave_group(person=amina, group=group, now=NOW)
    assert Membership.objects.active().facilitating().filter(group=group).get().person == bo


@pytest.mark.parametrize(
    ("then", "role", "state"),
    [
        (HandOver.CO_FACILITATE, Membership.Role.CO_FACILITATOR, State.ACTIVE),
        (HandOver.STAY, Membership.Role.MEMBER, State.ACTIVE),
        (HandOver.LEAVE, Membership.Role.MEMBER, State.LEFT),
    ],
)
def test_a_group_is_handed_over_to_a_member(
    amina: Person, bo: Person, then: HandOver, role: str, state: str
) -> None:
    group = _group(amina, Policy.OPEN)
    membership = _join(bo, group)
    memberships.hand_over(by=amina, group=group, successor=membership, then=then, now=NOW)
    membership.refresh_from_db()
    assert membership.role == Membership.Role.FACILITATOR
    own = group.memberships.get(person=amina)
    assert (own.role, own.state) == (role, state)


def test_a_group_is_not_handed_over_to_oneself_or_to_somebody_who_left(
    amina: Person, bo: Person
) -> None:
    group = _group(amina, Policy.OPEN)
    gone = _join(bo, group)
    memberships.leave_group(person=bo, group=group, now=NOW)
    for successor in (gone, group.memberships.get(person=amina)):
        with pytest.raises(memberships.NoSuccessor):
            memberships.hand_over(
                by=amina, group=group, successor=successor, then=HandOver.STAY, now=NOW
            )
    assert group.memberships.get(person=amina).is_facilitating


def test_who_steps_down_stays_a_member_and_leads_no_session_for_another(
    amina: Person, bo: Person
) -> None:
    group = _group(amina, Policy.OPEN)
    membership = _join(bo, group)
    memberships.make_co_facilitator(by=amina, membership=membership)
    session = make.occurrence(group, starts_at=NOW + timedelta(days=1))
    session.substitute = membership
    session.save(update_fields=["substitute"])
    memberships.step_down(by=bo, membership=membership, now=NOW)
    membership.refresh_from_db()
    session.refresh_from_db()
    assert (membership.role, membership.state) == (Membership.Role.MEMBER, State.ACTIVE)
    assert session.substitute is None


def test_the_only_facilitator_does_not_step_down(amina: Person, bo: Person) -> None:
    group = _group(amina, Policy.OPEN)
    _join(bo, group)
    own = group.memberships.get(person=amina)
    with pytest.raises(memberships.LastFacilitator):
        memberships.step_down(by=amina, membership=own, now=NOW)


def test_a_member_hands_nothing_over(amina: Person, bo: Person) -> None:
    group = _group(amina, Policy.OPEN)
    membership = _join(bo, group)
    with pytest.raises(NotFacilitating):
        memberships.hand_over(by=bo, group=group, successor=membership, then=HandOver.STAY, now=NOW)
    with pytest.raises(NotFacilitating):
        memberships.step_down(by=bo, membership=membership, now=NOW)


def test_members_and_outsiders_run_nothing(amina: Person, bo: Person) -> None:
    group = _group(amina, Policy.OPEN)
    membership = _join(bo, group)
    for person in (bo, make.person("chen")):
        with pytest.raises(NotFacilitating):
            invitations.invite(by=person, group=group, now=NOW)
        with pytest.raises(NotFacilitating):
            memberships.remove_member(by=person, membership=membership, now=NOW)


def test_a_coordinator_takes_on_a_group_that_nobody_runs(amina: Person, bo: Person) -> None:
    organisation = make.organisation()
    make.affiliation(amina, organisation, role=Affiliation.Role.COORDINATOR)
    make.affiliation(bo, organisation)  # a facilitator there, no coordinator
    group = make.group(organisation=organisation)
    with pytest.raises(NotCoordinating):
        memberships.adopt_group(by=bo, group=group, alias="Bo", now=NOW)
    taken = memberships.adopt_group(by=amina, group=group, alias="Amina", now=NOW)
    assert taken.is_facilitating
    with pytest.raises(memberships.HasFacilitator):
        memberships.adopt_group(by=amina, group=group, alias="Amina", now=NOW)
