from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from civiltime.recurrence import Rule
from scheduler.actions import group_end, invitations, memberships, schedule
from scheduler.actions.groups import NotFacilitating
from scheduler.models import Group, GroupMessage, Membership
from tests import make

if TYPE_CHECKING:
    from accounts.models import Person

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY


@pytest.fixture
def amina() -> Person:
    return make.person("amina", tz="Africa/Cairo")


@pytest.fixture
def group(amina: Person) -> Group:
    group = make.group()
    make.membership(amina, group, role=Membership.Role.FACILITATOR)
    make.membership(make.person("bo"), group)
    schedule.create_series(
        by=amina, group=group, first_local=datetime(2026, 6, 9, 18, 0),
        rule=Rule.parse("FREQ=WEEKLY"), duration_minutes=60, now=NOW,
    )  # fmt: skip
    make.occurrence(group, starts_at=NOW + timedelta(days=1))
    return group


def _end(amina: Person, group: Group) -> None:
    group_end.end_group(by=amina, group=group, now=NOW)
    group.refresh_from_db()


def test_every_coming_session_is_cancelled_and_the_members_get_one_message(
    amina: Person, group: Group
) -> None:
    _end(amina, group)
    assert not group.occurrences.taking_place().filter(starts_at__gt=NOW).exists()
    assert not group.series.filter(ended_at=None).exists()
    assert GroupMessage.objects.filter(group=group, at=NOW).count() == 1
    _end(amina, group)
    assert GroupMessage.objects.filter(group=group).count() == 1


def test_nobody_joins_a_group_that_ends_not_even_by_its_link(amina: Person, group: Group) -> None:
    link = invitations.create_invitation_link(
        by=amina, group=group, needs_approval=False, lifetime=timedelta(days=30), now=NOW
    )
    _end(amina, group)
    for code in ("", link.code):
        with pytest.raises(memberships.CannotJoin):
            memberships.join_group(
                person=make.person(), group=group, alias="River", code=code, now=NOW
            )


def test_it_can_be_reopened_for_a_month_and_closes_after_it(amina: Person, group: Group) -> None:
    _end(amina, group)
    month = group_end.REOPENS_FOR
    assert group_end.close_ended_groups(now=NOW + month - timedelta(seconds=1)) == 0
    group_end.reopen_group(by=amina, group=group)
    assert group_end.close_ended_groups(now=NOW + month) == 0
    _end(amina, group)
    assert group_end.close_ended_groups(now=NOW + month) == 1
    assert not Group.objects.joined_by(amina).exists()


def test_a_member_ends_nothing(group: Group) -> None:
    bo = group.memberships.get(alias="Bo").person
    with pytest.raises(NotFacilitating):
        group_end.end_group(by=bo, group=group, now=NOW)
    with pytest.raises(NotFacilitating):
        group_end.reopen_group(by=bo, group=group)
