"""A heatmap of sums never tells about fewer than five people, not even beside an earlier one."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

import pytest

from accounts.actions.people import close_account
from scheduler.actions.availability import choose_availability_shares, delete_availability
from scheduler.actions.memberships import leave_group
from scheduler.models import AvailabilityHeatmap, Group, Membership
from tests import make
from tests.support import availability

if TYPE_CHECKING:
    from accounts.models import Person

pytestmark = pytest.mark.django_db

NOONS = availability.hours(time(12), time(14))


def _counts(group: Group) -> tuple[bytes, int] | None:
    row = (
        AvailabilityHeatmap.objects.filter(group=group)
        .values_list("compressed_counts", "people")
        .first()
    )
    return row and (bytes(row[0]), row[1])


@pytest.fixture
def group() -> Group:
    return make.group()


def test_four_members_are_never_drawn_and_a_fifth_is_enough(group: Group) -> None:
    availability.members(group, 4)
    assert _counts(group) is None
    bo = make.person("bo")
    make.membership(bo, group)
    availability.share_week(bo)
    drawn = AvailabilityHeatmap.objects.get(group=group)
    assert drawn.people == 5
    assert set(drawn.free_counts.tolist()) == {0, 5}


def test_facilitators_look_at_the_heatmap_and_are_not_in_it(group: Group) -> None:
    availability.members(group, 4)
    for username in ("amina", "dana"):
        runs = make.person(username)
        make.membership(runs, group, role=Membership.Role.FACILITATOR)
        availability.share_week(runs)
    assert _counts(group) is None


def test_nothing_that_one_person_does_changes_a_heatmap(group: Group) -> None:
    bo, *_others = availability.members(group, 7)
    before = _counts(group)
    availability.replace_week(bo, NOONS)
    assert _counts(group) == before
    newcomer = make.person("newcomer")
    make.membership(newcomer, group)
    availability.share_week(newcomer, NOONS)
    assert _counts(group) == before
    leave_group(person=newcomer, group=group, now=make.FRIDAY)
    delete_availability(person=bo)
    availability.share_week(bo)
    assert _counts(group) == before


def test_five_answers_that_change_are_drawn_together(group: Group) -> None:
    people = availability.members(group, 7)  # drawn with the fifth: two more are waiting
    before = _counts(group)
    for person in people[:2]:
        availability.replace_week(person, NOONS)
        assert _counts(group) == before
    availability.replace_week(people[2], NOONS)
    assert _counts(group) != before


def test_no_heatmap_is_close_to_any_earlier_one_either(group: Group) -> None:
    people = availability.members(group, 6)  # drawn when the fifth of them told
    first = set(AvailabilityHeatmap.objects.get(group=group).tokens[0])
    for person in people[:5]:
        availability.replace_week(person, NOONS)  # a second heatmap
    for person in people[:5]:
        availability.replace_week(person)  # back, but one of them is somebody else now
    availability.replace_week(people[0], NOONS)
    shown = AvailabilityHeatmap.objects.get(group=group).tokens
    assert len(shown) >= 2
    for number, tokens in enumerate(shown):
        for other in shown[:number]:
            apart = max(len(set(tokens) - set(other)), len(set(other) - set(tokens)))
            assert apart >= 5
    assert set(shown[0]) == first


def test_a_heatmap_outlives_an_account_because_it_holds_nobody(group: Group) -> None:
    bo, *_others = availability.members(group, 6)
    before = _counts(group)
    close_account(person=bo, now=make.FRIDAY)
    assert _counts(group) == before


def test_whoever_takes_her_word_back_is_in_no_later_heatmap(group: Group) -> None:
    people = availability.members(group, 6)
    _silence(people[0])
    for person in people[1:]:
        availability.replace_week(person, NOONS)
    drawn = AvailabilityHeatmap.objects.get(group=group)
    assert drawn.people == 5
    assert len(drawn.tokens) == 2


def _silence(person: Person) -> None:
    choose_availability_shares(
        person=person, groups=[], everywhere=False, coordinators=False, now=make.FRIDAY
    )
