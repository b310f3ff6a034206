"""Sums over people, compared with asking everybody at every moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import naive_best_time
from civiltime import zones
from optimizer import GroupSpec, Horizon, Slot
from optimizer.free_counts import PADDING_QUARTERS, fewest_by_cell, fewest_during, free_people
from tests.optimizer import make

QUARTER = timedelta(minutes=15)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(make.seasonal_groups(), st.integers(0, 671), st.integers(0, 3))
def test_counts_equal_those_of_each_persons_levels(spec: GroupSpec, cell: int, fewest: int) -> None:
    horizon = Horizon(spec.start, spec.weeks, steps=spec.horizon.steps)
    free = free_people(spec.people, horizon, fewest=fewest)
    anchor = spec.anchors[0]
    slot = Slot.at(anchor, cell)
    weekly = [_free_at(spec, at, fewest) for at in _starts(spec, slot)]
    assert int(fewest_by_cell(free, anchor, horizon)[cell]) == min(weekly)
    during = [
        _free_at(spec, at + step * QUARTER, fewest)
        for at in _starts(spec, slot)
        for step in range(horizon.steps)
    ]
    assert fewest_during(free, slot, horizon) == min(during)


def test_no_sum_below_the_fewest_leaves_the_function() -> None:
    people = [make.bo(make.window("16:00-18:00")), make.amina(make.window("18:00-20:00"))]
    horizon = Horizon(date(2027, 1, 4), 4)
    assert set(free_people(people, horizon, fewest=1)) == {0, 1, 2}
    assert set(free_people(people, horizon, fewest=2)) == {0, 2}
    assert len(free_people(people, horizon, fewest=2)) == 4 * 672 + 2 * PADDING_QUARTERS


def _starts(spec: GroupSpec, slot: Slot) -> list[datetime]:
    anchor = zones.zone(slot.anchor)
    first = datetime.combine(spec.start, time()) + slot.cell * QUARTER
    return [
        (first + timedelta(weeks=week)).replace(tzinfo=anchor).astimezone(UTC)
        for week in range(spec.weeks)
    ]


def _free_at(spec: GroupSpec, at: datetime, fewest: int) -> int:
    free = sum(
        naive_best_time.level_at(one, at.astimezone(zones.zone(one.zone))) != naive_best_time.NO
        for one in spec.people
    )
    return free if free >= fewest else 0
