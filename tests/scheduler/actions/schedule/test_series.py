from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from civiltime import zones
from civiltime.recurrence import Rule
from scheduler.actions import schedule
from scheduler.actions.groups import NotFacilitating
from scheduler.models import Occurrence, ScheduleChange
from tests import make

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import Group, Series

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY  # 5 June 2026, 12:00 UTC
SIX_ON_TUESDAYS = datetime(2026, 6, 9, 18, 0)


def _first(series: Series) -> Occurrence:
    return series.occurrences.order_by("starts_at")[0]


def test_a_series_fills_26_weeks_at_its_wall_clock_hour(tuesdays: Series) -> None:
    starts = [(o.starts_local, o.starts_at) for o in tuesdays.occurrences.order_by("starts_at")]
    assert len(starts) == 26
    assert {local.time().hour for local, _ in starts} == {18}
    assert starts[0] == (SIX_ON_TUESDAYS, datetime(2026, 6, 9, 16, 0, tzinfo=UTC))
    assert starts[-1][1] == datetime(2026, 12, 1, 17, 0, tzinfo=UTC)  # winter time


def test_topping_up_twice_makes_nothing_twice(tuesdays: Series) -> None:
    later = NOW + timedelta(weeks=3)
    assert schedule.top_up(now=later) == 3
    assert schedule.top_up(now=later) == 0
    assert tuesdays.occurrences.count() == 29


def test_a_ticker_that_was_down_for_months_makes_only_what_is_to_come(tuesdays: Series) -> None:
    schedule.top_up(now=NOW + timedelta(weeks=60))
    made = tuesdays.occurrences.filter(starts_at__gt=NOW + timedelta(weeks=27))
    first = made.order_by("starts_at")[0]
    assert first.starts_at >= NOW + timedelta(weeks=60)


def test_a_series_whose_rule_has_run_out_is_no_agreed_hour_any_more(
    amina: Person, lamp: Group
) -> None:
    series = schedule.create_series(
        by=amina, group=lamp, first_local=SIX_ON_TUESDAYS, rule=Rule.parse("FREQ=WEEKLY;COUNT=3"),
        duration_minutes=60, now=NOW,
    )  # fmt: skip
    schedule.top_up(now=NOW + timedelta(weeks=2))
    series.refresh_from_db()
    assert series.ended_at is None
    schedule.top_up(now=NOW + timedelta(weeks=4))
    series.refresh_from_db()
    assert series.ended_at == NOW + timedelta(weeks=4)
    assert series.occurrences.taking_place().count() == 3


def test_a_moved_session_stays_moved_when_the_window_is_filled_again(
    amina: Person, tuesdays: Series
) -> None:
    moved = _move(amina, _first(tuesdays), datetime(2026, 6, 10, 19, 30))
    tuesdays.refresh_from_db()
    tuesdays.filled_until = None
    schedule.fill(tuesdays, now=NOW)
    again = tuesdays.occurrences.get(original_local=SIX_ON_TUESDAYS)
    assert again.pk == moved.pk
    assert again.starts_at == datetime(2026, 6, 10, 17, 30, tzinfo=UTC)


def _move(by: Person, occurrence: Occurrence, to: datetime) -> Occurrence:
    return schedule.move_occurrence(
        by=by,
        occurrence=occurrence,
        starts_local=to,
        tz=zones.zone("Europe/Bratislava"),
        duration_minutes=90,
        reason="a holiday",
        now=NOW,
    )


def test_a_move_keeps_the_session_and_records_who_what_and_why(
    amina: Person, tuesdays: Series
) -> None:
    occurrence = _first(tuesdays)
    moved = _move(amina, occurrence, datetime(2026, 6, 10, 19, 30))
    assert (moved.key, moved.original_local) == (occurrence.key, SIX_ON_TUESDAYS)
    assert moved.sequence == occurrence.sequence + 1
    assert moved.revised_at > occurrence.revised_at
    assert moved.ends_at - moved.starts_at == timedelta(minutes=90)
    change = ScheduleChange.objects.get(kind=ScheduleChange.Kind.MOVED)
    assert (change.by, change.reason) == (amina, "a holiday")
    assert change.before["starts_local"] == "2026-06-09T18:00"
    assert change.after["starts_local"] == "2026-06-10T19:30"


def test_cancelling_and_restoring_each_raise_the_sequence_once(
    amina: Person, tuesdays: Series
) -> None:
    occurrence = _first(tuesdays)
    for _again in range(2):
        schedule.cancel_occurrence(by=amina, occurrence=occurrence, reason="", now=NOW)
    occurrence.refresh_from_db()
    assert (occurrence.is_cancelled, occurrence.sequence) == (True, 1)
    for _again in range(2):
        schedule.restore_occurrence(by=amina, occurrence=occurrence, now=NOW)
    occurrence.refresh_from_db()
    assert (occurrence.is_cancelled, occurrence.sequence) == (False, 2)


def test_an_ended_series_cancels_what_was_to_come(amina: Person, tuesdays: Series) -> None:
    schedule.end_series(by=amina, series=tuesdays, now=NOW)
    assert not tuesdays.occurrences.taking_place().exists()
    assert schedule.top_up(now=NOW + timedelta(weeks=10)) == 0


def test_what_has_begun_is_neither_moved_nor_cancelled(amina: Person, lamp: Group) -> None:
    running = make.occurrence(lamp, starts_at=NOW - timedelta(minutes=5))
    with pytest.raises(schedule.AlreadyStarted):
        schedule.cancel_occurrence(by=amina, occurrence=running, reason="", now=NOW)
    with pytest.raises(schedule.AlreadyStarted):
        _move(amina, running, datetime(2026, 6, 10, 19, 30))


def test_nothing_moves_into_the_past(amina: Person, tuesdays: Series) -> None:
    with pytest.raises(schedule.InThePast):
        _move(amina, _first(tuesdays), datetime(2026, 6, 5, 13, 59))


def test_only_facilitators_change_the_schedule(lamp: Group, tuesdays: Series) -> None:
    bo, chen = make.person("bo"), make.person("chen", tz="Asia/Kathmandu")
    make.membership(bo, lamp)
    for person in (bo, chen):
        with pytest.raises(NotFacilitating):
            _move(person, _first(tuesdays), datetime(2026, 6, 10, 19, 30))
        with pytest.raises(NotFacilitating):
            schedule.end_series(by=person, series=tuesdays, now=NOW)
