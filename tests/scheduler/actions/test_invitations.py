from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.actions import invitations, memberships
from scheduler.actions.groups import NotFacilitating
from scheduler.models import Group, Invitation, Membership
from tests import make

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from accounts.models import Person

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY
MONTH = timedelta(days=30)
State = Membership.State


@pytest.fixture
def amina() -> Person:
    return make.person("amina", tz="Africa/Cairo")


def _group(amina: Person, policy: str = Group.JoinPolicy.INVITATION) -> Group:
    group = make.group(join_policy=policy, is_listed=False)
    make.membership(amina, group, role=Membership.Role.FACILITATOR)
    return group


def _link(amina: Person, group: Group, *, needs_approval: bool = False) -> Invitation:
    return invitations.create_invitation_link(
        by=amina, group=group, needs_approval=needs_approval, lifetime=MONTH, now=NOW
    )


def _join(group: Group, code: str, *, after: timedelta = timedelta()) -> Membership:
    person = make.person()
    return memberships.join_group(
        person=person, group=group, alias=person.username, code=code, now=NOW + after
    )


def test_a_link_lets_in_any_number_of_people_and_counts_them(amina: Person) -> None:
    group = _group(amina)
    link = _link(amina, group)
    assert [_join(group, link.code).state for _one in range(3)] == [State.ACTIVE] * 3
    link.refresh_from_db()
    assert link.use_count == 3


def test_a_link_with_approval_makes_applications(amina: Person) -> None:
    group = _group(amina)
    link = _link(amina, group, needs_approval=True)
    assert _join(group, link.code).state == State.APPLIED


def test_a_link_opens_nothing_after_its_time(amina: Person) -> None:
    group = _group(amina)
    link = _link(amina, group)
    assert invitations.group_of_invitation(code=link.code, now=NOW + MONTH) is None
    with pytest.raises(invitations.InvalidInvitation):
        _join(group, link.code, after=MONTH)


def test_a_link_opens_nothing_once_it_is_revoked_and_members_stay(amina: Person) -> None:
    group = _group(amina)
    link = _link(amina, group)
    member = _join(group, link.code)
    invitations.revoke_invitation_link(by=amina, group=group, now=NOW)
    assert invitations.current_link(group, now=NOW) is None
    with pytest.raises(invitations.InvalidInvitation):
        _join(group, link.code)
    member.refresh_from_db()
    assert member.state == State.ACTIVE


def test_a_new_link_ends_the_earlier_one(amina: Person) -> None:
    group = _group(amina)
    first, second = _link(amina, group), _link(amina, group)
    assert invitations.current_link(group, now=NOW) == second
    assert invitations.group_of_invitation(code=first.code, now=NOW) is None


def test_a_code_for_one_person_outlives_a_link(amina: Person) -> None:
    group = _group(amina)
    code = invitations.invite(by=amina, group=group, now=NOW)
    _link(amina, group)
    assert _join(group, code).state == State.ACTIVE
    with pytest.raises(invitations.InvalidInvitation):
        _join(group, code)


def test_no_code_of_a_link_is_in_the_database(amina: Person) -> None:
    link = _link(amina, _group(amina))
    stored = " ".join(str(value) for value in Invitation.objects.values_list().get())
    assert link.code not in stored
    assert link.code.replace("-", "") not in stored


def test_a_link_of_another_secret_key_is_not_shown(
    amina: Person, settings: SettingsWrapper
) -> None:
    group = _group(amina)
    _link(amina, group)
    settings.SECRET_KEY = "another key of this installation"
    assert invitations.current_link(group, now=NOW) is None


def test_a_removed_person_is_not_let_in_by_a_link(amina: Person) -> None:
    group = _group(amina)
    link = _link(amina, group)
    member = _join(group, link.code)
    memberships.remove_member(by=amina, membership=member, now=NOW)
    with pytest.raises(memberships.CannotJoin):
        memberships.join_group(
            person=member.person, group=group, alias="Again", code=link.code, now=NOW
        )


def test_only_facilitators_make_and_end_links(amina: Person) -> None:
    group = _group(amina)
    link = _link(amina, group)
    member = _join(group, link.code).person
    with pytest.raises(NotFacilitating):
        _link(member, group)
    with pytest.raises(NotFacilitating):
        invitations.revoke_invitation_link(by=member, group=group, now=NOW)
