"""Weeks that change with the seasons, exact to the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import naive_best_time
from optimizer import Engine, Level, Reason, Season, Slot, Window, explain, rank, rotate
from optimizer.errors import SeasonEndsBefore, TooManyPeople
from optimizer.weekly_availability import levels_from_windows
from tests.optimizer import make
from tests.optimizer.test_rank import slot_at_a_clock_change

if TYPE_CHECKING:
    from random import Random

    from optimizer import GroupSpec

SUMMER = Season(date(2027, 7, 5), date(2027, 8, 1), (make.window("08:00-10:00"),), yearly=True)
NO_MONDAYS = Window(frozenset([0]), time(), time(), Level.NO)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(make.seasonal_groups(), st.randoms(use_true_random=False))
def test_objectives_equal_those_computed_with_zoneinfo_alone(
    spec: GroupSpec, random: Random
) -> None:
    ranking = rank(spec, top=None)
    if not ranking:
        assert ranking.reason is not None
        return
    keys = {ranked.slot: ranked.objective for ranked in ranking}
    chosen = random.sample(sorted(keys, key=repr), 4)
    for slot in filter(None, [*chosen, slot_at_a_clock_change(spec, random)]):
        assert keys[slot] == naive_best_time.objective(spec, slot), slot
        assert keys[slot] == explain(spec, slot).objective


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(make.groups())
def test_a_season_without_windows_changes_no_answer(spec: GroupSpec) -> None:
    without_windows = Season(spec.start, spec.start + timedelta(days=30), ())
    seasonal = replace(
        spec, people=tuple(replace(one, seasons=(without_windows,)) for one in spec.people)
    )
    assert [one.objective for one in rank(seasonal)] == [one.objective for one in rank(spec)]


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(make.seasonal_groups())
def test_histograms_and_burdens_agree(spec: GroupSpec) -> None:
    engine = Engine(spec.people, spec.horizon)
    counted = engine.histogram(spec.anchors[0], tolerated=spec.tolerated)
    year = engine.burden(spec.anchors[0])
    assert (counted.people_by_band.sum(axis=1) == len(spec.people)).all()
    assert (counted.unserved == (year.absences > spec.tolerated).sum(axis=0)).all()
    weights = np.array([person.weight for person in spec.people])
    assert (counted.weighted_sum == weights @ year.burden).all()


def test_a_season_begins_and_ends_on_local_dates() -> None:
    season = Season(date(2027, 7, 7), date(2027, 7, 13), (make.window("08:00-10:00"),))
    bo = replace(make.bo(), seasons=(season,))
    spec = make.group(make.amina(make.window("00:00-00:00")), bo)
    absences = explain(spec, Slot("Europe/Copenhagen", 1, time(8))).people[1].absences
    assert absences == 51  # the one Tuesday of those seven days
    assert explain(spec, Slot("Europe/Copenhagen", 2, time(8))).people[1].absences == 51


def test_a_yearly_season_comes_back_and_runs_over_the_new_year() -> None:
    winter = Season(date(2020, 12, 20), date(2021, 1, 6), (), yearly=True)
    found = list(winter.dates_within(date(2027, 1, 4), date(2028, 1, 3)))
    assert found == [
        (date(2027, 1, 4), date(2027, 1, 6)),
        (date(2027, 12, 20), date(2028, 1, 2)),
    ]


def test_the_29th_of_february_comes_back_on_the_28th() -> None:
    leap = Season(date(2028, 2, 29), date(2028, 2, 29), (), yearly=True)
    assert list(leap.dates_within(date(2027, 1, 1), date(2027, 12, 31))) == [
        (date(2027, 2, 28), date(2027, 2, 28))
    ]


def test_a_season_cannot_end_before_it_begins_nor_last_longer_than_a_year() -> None:
    for last in (date(2027, 6, 30), date(2028, 7, 2)):
        with pytest.raises(SeasonEndsBefore):
            Season(date(2027, 7, 1), last, ())


def test_an_hour_that_fails_in_a_season_is_not_the_best_of_the_year() -> None:
    usual = make.window("18:00-20:00", Level.PREFER)
    away = replace(make.bo(usual), seasons=(replace(SUMMER, windows=(NO_MONDAYS,)),))
    spec = make.group(make.amina(make.window("00:00-00:00")), away, quorum=2)
    assert all(one.slot.weekday != 0 for one in rank(spec, top=20))
    turns = rotate(spec)
    assert turns.proven
    assert all(slot.weekday != 0 for slot in turns.slots)


def test_a_person_without_seasons_has_the_worst_level_of_all_seasons() -> None:
    bo = replace(
        make.bo(make.window("16:00-21:00")),
        seasons=(SUMMER, replace(SUMMER, windows=(NO_MONDAYS,))),
    )
    cautious = bo.without_seasons
    assert cautious.seasons == ()
    assert cautious.week == levels_from_windows([make.window("16:00-21:00"), NO_MONDAYS])
    assert make.bo().without_seasons == make.bo()


def test_a_person_who_can_attend_in_one_season_only_is_available() -> None:
    never = replace(make.bo(NO_MONDAYS), seasons=(SUMMER,))
    assert rank(make.group(never, facilitators=0)).reason is Reason.NO_HOUR_HOLDS


def test_more_people_with_seasons_than_fit_are_refused() -> None:
    people = [replace(make.bo(), id=f"{number}", seasons=(SUMMER,)) for number in range(2_001)]
    with pytest.raises(TooManyPeople):
        rank(make.group(*people))
