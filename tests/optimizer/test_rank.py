from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import naive_best_time
from civiltime import zones
from optimizer import Attendee, Engine, Level, Objective, Reason, Slot, TzTable, Window, rank
from tests.optimizer import make, reference

if TYPE_CHECKING:
    from random import Random

    from optimizer import GroupSpec

SLOTS_PER_EXAMPLE = 20
HALF_HOUR = {"duration": timedelta(minutes=30), "anchors": ("Africa/Cairo",)}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(make.groups(), st.randoms(use_true_random=False))
def test_objectives_equal_those_computed_with_zoneinfo_alone(
    spec: GroupSpec, random: Random
) -> None:
    ranking = rank(spec, top=None)
    if not ranking:
        assert ranking.reason is not None
        return
    keys = {ranked.slot: ranked.objective for ranked in ranking}
    random_slots = random.sample(sorted(keys, key=repr), SLOTS_PER_EXAMPLE // 2)
    at_clock_changes = [slot_at_a_clock_change(spec, random) for _ in range(SLOTS_PER_EXAMPLE // 2)]
    for slot in filter(None, random_slots + at_clock_changes):
        assert keys[slot] == naive_best_time.objective(spec, slot), slot


def slot_at_a_clock_change(spec: GroupSpec, random: Random) -> Slot | None:
    """Return a slot with a meeting during or shortly before a change of clocks."""
    zone = random.choice([*(person.zone for person in spec.people), *spec.anchors])
    clock_changes = TzTable().segments(zone, spec.horizon).transitions
    if not clock_changes:
        return None
    anchor = random.choice(spec.anchors)
    start = random.choice(clock_changes) - random.randint(-2, spec.horizon.steps)
    at = datetime.combine(spec.start, time(), UTC) + start * timedelta(minutes=15)
    local = at.astimezone(zones.zone(anchor)).replace(tzinfo=None)
    quarters = (local - datetime.combine(spec.start, time())) // timedelta(minutes=15)
    return Slot.at(anchor, quarters % spec.horizon.slots)


@settings(deadline=None, max_examples=20)
@given(make.groups())
def test_large_populations_have_the_same_objectives_as_small_ones(spec: GroupSpec) -> None:
    small, large = Engine(spec.people, spec.horizon), Engine(spec.people, spec.horizon)
    large.is_large = True
    columns = np.arange(spec.horizon.slots)
    for anchor in spec.anchors:
        one, other = (
            engine.fairness(anchor, columns, tolerated=spec.tolerated) for engine in (small, large)
        )
        assert [large.bands(row) for row in other.worst_first] == [
            small.bands(row) for row in one.worst_first
        ]
        assert other.unserved.tolist() == one.unserved.tolist()
        assert other.weighted_sum.tolist() == one.weighted_sum.tolist()
        assert other.drift.tolist() == one.drift.tolist()


@settings(deadline=None, max_examples=10)
@given(make.groups())
def test_the_top_is_the_beginning_of_the_whole_ranking(spec: GroupSpec) -> None:
    assert rank(spec, top=20).slots == rank(spec, top=None)[:20]


@pytest.mark.data
def test_rankings_equal_the_reference(
    reference_groups: list[dict[str, Any]], reference_answers: dict[str, Any]
) -> None:
    for raw in reference_groups:
        ranked = [
            (one.slot.anchor, one.slot.cell, one.objective) for one in rank(reference.group(raw))
        ]
        assert ranked == [
            (one["anchor"], one["slot"], reference.objective(one["key"]))
            for one in reference_answers[raw["id"]]["ranking"]
        ]


def test_an_hour_that_suits_everybody_comes_first() -> None:
    best = rank(make.group())[0]
    assert best.objective.is_held
    assert best.objective.unserved == 0


def test_a_ranking_says_what_it_was_made_from() -> None:
    ranking = rank(make.group())
    assert ranking.provenance.tz_version == zones.TZ_VERSION
    assert ranking.provenance.objective_version == "1"
    assert {one.provenance for one in ranking} == {ranking.provenance}


def test_another_question_has_another_hash() -> None:
    asked = rank(make.group()).provenance
    assert asked != rank(make.group(quorum=2)).provenance
    assert asked != rank(make.group(make.amina(), make.bo(make.window("16:00-20:45")))).provenance


def test_the_reason_of_a_window_changes_no_hash() -> None:
    day = make.window("08:00-20:00")
    private = Window(day.days, day.start, day.end, day.level, "clinic")
    open_, closed = (rank(make.group(make.amina(one))).provenance for one in (day, private))
    assert open_ == closed


def test_one_person_has_a_ranking() -> None:
    assert rank(make.group(make.amina()))[0].objective == Objective(0, 0, 0, (4,), 52, 0)


def test_when_nobody_can_come_the_ranking_is_empty_and_says_so() -> None:
    never = rank(make.group(make.amina(make.window("00:00-00:00", Level.NO))))
    assert (len(never), never.reason) == (0, Reason.NOBODY_AVAILABLE)


def test_a_meeting_longer_than_any_window_is_an_empty_ranking_with_its_reason() -> None:
    short = rank(make.group(make.amina(make.window("18:00-18:30"))))
    assert (len(short), short.reason) == (0, Reason.NO_WINDOW_LONG_ENOUGH)


def test_hours_that_fail_in_some_week_are_ranked_with_a_warning() -> None:
    ranking = rank(make.group(make.bo()))
    assert ranking.reason is Reason.NO_HOUR_HOLDS
    assert ranking[0].objective.hard == 52


def test_zones_with_the_same_clock_changes_share_one_anchor() -> None:
    day = (make.window("08:00-20:00"),)
    zones_of = {"x": "Europe/Paris", "y": "Asia/Kolkata", "z": "Asia/Tokyo"}
    people = (make.bo(), *(Attendee(name, zone, day) for name, zone in zones_of.items()))
    anchors = {one.slot.anchor for one in rank(make.group(*people), top=None)}
    assert anchors == {"Asia/Kolkata", "Europe/Copenhagen"}


def test_a_meeting_over_the_hour_that_cairo_skips_is_judged_step_by_step() -> None:
    late = make.window("23:00-00:15", days=frozenset({3}))
    keys = {
        one.slot: one.objective for one in rank(make.group(make.amina(late), **HALF_HOUR), top=None)
    }
    assert keys[Slot("Africa/Cairo", 3, time(23, 45))].hard == 1
    assert keys[Slot("Africa/Cairo", 3, time(23, 30))].hard == 0
