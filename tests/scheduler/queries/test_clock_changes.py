from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from civiltime.zones import zone
from scheduler.models import Membership, Series
from scheduler.queries.clock_changes import (
    ZoneClockChange,
    clock_changes_by_zone,
    clock_changes_in_zone,
    upcoming_clock_changes,
)
from scheduler.queries.member_time_zones import member_time_zones
from tests import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import Person
    from scheduler.models import Group

pytestmark = pytest.mark.django_db

OCTOBER = datetime(2026, 10, 12, tzinfo=UTC)
NEW_YORK = "America/New_York"


def _sundays() -> Group:
    group = make.group("Sunday kitchen", tz="Europe/Berlin")
    make.series(group, first_local=datetime(2026, 1, 4, 11, 0))
    return group


def _live(group: Group, tz: str, number: int = 1) -> list[Person]:
    people = [make.person(tz=tz) for _one in range(number)]
    for person in people:
        make.membership(person, group)
    return people


def test_news_is_one_for_each_zone_however_many_people_live_there() -> None:
    group = _sundays()
    _live(group, NEW_YORK, 3)
    _live(group, "Europe/Berlin", 2)
    [news] = upcoming_clock_changes(now=OCTOBER)
    assert (news.series.group_id, news.tz.key) == (group.pk, NEW_YORK)
    assert news.change.first == datetime(2026, 10, 25, 10, 0, tzinfo=UTC)
    assert news.key == f"{news.series.pk}:{NEW_YORK}:2026-10-25"


def test_nothing_is_news_for_who_left_a_group_that_closed_or_a_series_that_ended() -> None:
    left, closed, ended = _sundays(), _sundays(), _sundays()
    for group in (left, closed, ended):
        _live(group, NEW_YORK)
    Membership.objects.filter(group=left).update(state=Membership.State.LEFT)
    type(closed).objects.filter(pk=closed.pk).update(closed_at=OCTOBER)
    Series.objects.filter(group=ended).update(ended_at=OCTOBER)
    assert list(upcoming_clock_changes(now=OCTOBER)) == []


def test_a_zone_hears_only_of_the_groups_its_people_belong_to() -> None:
    hers = _sundays()
    _live(hers, NEW_YORK)
    _live(_sundays(), "Europe/Berlin")
    assert {news.series.group_id for news in upcoming_clock_changes(now=OCTOBER)} == {hers.pk}
    assert {
        news.series.group_id for news in clock_changes_in_zone(zone(NEW_YORK), [hers], now=OCTOBER)
    } == {hers.pk}


@pytest.mark.parametrize("number", [1, 30])
def test_many_zones_and_people_cost_two_queries(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for tz in (NEW_YORK, "Asia/Kathmandu", "Africa/Cairo")[:number]:
        _live(_sundays(), tz, number)
    with django_assert_num_queries(2):
        assert list(upcoming_clock_changes(now=OCTOBER))


def test_a_facilitator_reads_counts_for_zones_and_no_zone_of_one_person() -> None:
    group = _sundays()
    amina = make.person("amina", tz="Africa/Cairo")
    make.membership(amina, group, role=Membership.Role.FACILITATOR)
    _live(group, NEW_YORK, 2)
    _live(group, "Asia/Kathmandu")  # her hour moves too, for good
    _live(group, "Europe/Berlin")
    there, elsewhere = clock_changes_by_zone(
        group, member_time_zones(group, without=amina), now=OCTOBER
    )
    assert (there.tz, there.people, len(there.changes)) == (zone(NEW_YORK), 2, 1)
    assert elsewhere == ZoneClockChange(None, 1, [])
