from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from civiltime import zones
from scheduler.actions import schedule
from scheduler.models import Group, Occurrence, ScheduleChange, Series
from tests import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY
HOUR = timedelta(hours=1)
LATE = datetime(2026, 11, 4, 1, 0, tzinfo=UTC)  # 18:00 on 3 November in Vancouver


def _derived_before_vancouver_kept_summer_time(*starts_at: datetime) -> list[Occurrence]:
    """Return sessions as 2025b had them: an hour later than today's release says."""
    group = make.group("Harbour", tz="America/Vancouver")
    series = make.series(group)
    Series.objects.update(filled_until=NOW + timedelta(weeks=26))
    made = [make.occurrence(group, starts_at=at, series=series) for at in starts_at]
    for occurrence in made:
        occurrence.starts_at += HOUR
        occurrence.ends_at += HOUR
        occurrence.tz_version = "2025b"
        occurrence.save()
    return made


def test_the_wall_clock_stays_and_the_instant_follows_it() -> None:
    [session] = _derived_before_vancouver_kept_summer_time(LATE)
    found = schedule.retime(now=NOW)
    session.refresh_from_db()
    assert (session.starts_at, session.minutes) == (LATE, 60)
    assert session.starts_local == datetime(2026, 11, 3, 18, 0)
    assert session.tz_version == zones.TZ_VERSION
    assert (found.derived, dict(found.moved)) == (1, {"America/Vancouver": 1})
    assert found.groups == {session.group_id}


def test_calendars_see_a_newer_session_even_if_it_was_revised_a_moment_ago() -> None:
    sessions = _derived_before_vancouver_kept_summer_time(LATE, LATE + timedelta(weeks=1))
    Group.objects.update(revised_at=NOW + timedelta(seconds=5))
    schedule.retime(now=NOW)
    for session in sessions:
        session.refresh_from_db()
        assert (session.sequence, session.revised_at) == (1, NOW + timedelta(seconds=6))


def test_who_is_affected_is_recorded_once() -> None:
    [session] = _derived_before_vancouver_kept_summer_time(LATE)
    for _again in range(2):
        schedule.retime(now=NOW)
    change = ScheduleChange.objects.get()
    assert (change.kind, change.by, change.occurrence) == (
        ScheduleChange.Kind.RETIMED,
        None,
        session,
    )
    assert change.before == {"starts_at": "2026-11-04T02:00:00+00:00", "tz_version": "2025b"}
    assert change.after["starts_at"] == "2026-11-04T01:00:00+00:00"


def test_what_has_begun_and_what_does_not_move_are_left_alone() -> None:
    begun, later = _derived_before_vancouver_kept_summer_time(NOW - 2 * HOUR, LATE)
    still = make.occurrence(make.group(), starts_at=LATE)
    Occurrence.objects.filter(pk=still.pk).update(tz_version="2025b")
    schedule.retime(now=NOW)
    for session in (begun, still, later):
        session.refresh_from_db()
    assert (begun.starts_at, begun.tz_version) == (NOW - HOUR, "2025b")
    assert (still.starts_at, still.sequence, still.tz_version) == (LATE, 0, zones.TZ_VERSION)
    assert later.sequence == 1


def test_two_sessions_that_share_an_instant_keep_their_own_local_start() -> None:
    """Samoa skipped 30 December 2011: a daily hour has that date and the next at one instant."""
    apia = zones.zone("Pacific/Apia")
    group = make.group("Lagoon", tz="Pacific/Apia")
    series = make.series(group, first_local=datetime(2011, 12, 29, 18, 0), rule="FREQ=DAILY")
    now = datetime(2011, 12, 20, tzinfo=UTC)
    schedule.fill(series, now=now)
    twins = series.occurrences.filter(
        starts_at=zones.resolve_local(datetime(2011, 12, 30, 18, 0), apia)
    )
    assert [o.original_local.day for o in twins.order_by("original_local")] == [30, 31]
    series.occurrences.update(tz_version="2011a")
    assert schedule.retime(now=now).moved.total() == 0
    assert twins.count() == 2


def test_the_end_of_a_window_is_looked_at_again_where_clocks_moved() -> None:
    _derived_before_vancouver_kept_summer_time(LATE)
    schedule.retime(now=NOW)
    assert Series.objects.get().filled_until == NOW + timedelta(weeks=26) - timedelta(days=1)


@pytest.mark.parametrize("number", [1, 3])
def test_many_sessions_cost_as_many_queries_as_one(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    starts = [LATE + timedelta(weeks=week) for week in range(number)]
    _derived_before_vancouver_kept_summer_time(*starts)
    with django_assert_num_queries(11):  # with the begin and the end of a savepoint
        schedule.retime(now=NOW)
