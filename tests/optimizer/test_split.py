from __future__ import annotations

from datetime import timedelta
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optimizer import Attendee, Level, Reason, Slot, SplitKey, rank, split
from optimizer.errors import TooManyPeople
from optimizer.pair_search import Half, Hours, PairSearch
from optimizer.stopwatch import Stopwatch
from tests.optimizer import make

MINUTE, NO_TIME = timedelta(minutes=1), timedelta()


@st.composite
def questions(draw: Any) -> tuple[Hours, Half]:
    shape = (draw(st.integers(2, 5)), draw(st.integers(2, 5)))
    absences = draw(arrays(np.int64, shape, elements=st.integers(0, 3)))
    more = draw(arrays(np.int64, shape, elements=st.integers(0, 1)))
    weight = draw(arrays(np.int64, shape[1:], elements=st.integers(1, 2)))
    leads = draw(arrays(np.bool_, shape[1:]))
    slots = [Slot.at("UTC", cell) for cell in range(shape[0])]
    burden = np.minimum(16 * absences + more, 48)
    hours = Hours(slots, burden, absences, absences <= 1, weight, leads, 3)
    return hours, Half(draw(st.integers(1, 2)), draw(st.integers(0, 1)))


def plain_best(hours: Hours, half: Half) -> SplitKey | None:
    """Try every pair and every place of whoever finds both alike."""
    people = range(hours.burden.shape[1])
    keys = []
    for pair in combinations(range(len(hours.slots)), 2):
        prices = [[(hours.burden[r, p], hours.absences[r, p]) for p in people] for r in pair]
        choices = [
            [side for side in (0, 1) if prices[side][p] <= prices[1 - side][p]] for p in people
        ]
        for sides in product(*choices):
            if all(stands(hours, half, pair[side], sides, side) for side in (0, 1)):
                burden = [int(hours.burden[pair[sides[p]], p]) for p in people]
                bands = sorted((-(-4 * one // hours.occurrences) for one in burden), reverse=True)
                keys.append(SplitKey(tuple(bands), int(np.array(burden) @ hours.weight)))
    return min(keys, default=None)


def stands(hours: Hours, half: Half, row: int, sides: tuple[int, ...], side: int) -> bool:
    served = [p for p, s in enumerate(sides) if s == side and hours.served[row, p]]
    enough = sum(bool(hours.facilitator[p]) for p in served) >= half.facilitators
    return enough and len(served) >= half.people


@settings(deadline=None)
@given(questions())
def test_the_best_split_is_that_of_trying_all(question: tuple[Hours, Half]) -> None:
    search = PairSearch(*question, Stopwatch(MINUTE))
    search.run()
    assert search.key == search.bound == plain_best(*question)


@settings(deadline=None)
@given(questions())
def test_both_halves_of_a_split_stand(question: tuple[Hours, Half]) -> None:
    hours, half = question
    search = PairSearch(*question, Stopwatch(MINUTE))
    search.run()
    if search.pair is None:
        return
    sides = [0 if p in search.sides()[0] else 1 for p in range(hours.burden.shape[1])]
    for side in (0, 1):
        assert stands(hours, half, search.pair[side], tuple(sides), side)


@settings(deadline=None)
@given(questions())
def test_without_time_a_split_comes_with_a_bound_that_holds(question: tuple[Hours, Half]) -> None:
    hasty = PairSearch(*question, Stopwatch(NO_TIME))
    hasty.run()
    best = plain_best(*question)
    assert hasty.bound is not None
    assert best is None or hasty.bound <= best


def both_coasts(**needs: Any) -> Any:
    evening = make.window("18:00-21:00", Level.PREFER)
    homes = ["Africa/Cairo", "Europe/Copenhagen", "America/Los_Angeles", "America/Vancouver"]
    people = tuple(
        Attendee(f"p{number}", home, (evening,), facilitator=True)
        for number, home in enumerate(homes)
    )
    return make.group(*people, **needs)


def test_a_group_on_two_coasts_splits_into_evenings_for_all() -> None:
    parted = split(both_coasts(quorum=2))
    assert parted.proven
    assert parted.key is not None
    assert parted.key.worst_bands[0] < rank(both_coasts())[0].key.worst_bands[0]
    assert [{year.id for year in half.people} for half in parted.halves] in (
        [{"p0", "p1"}, {"p2", "p3"}],
        [{"p2", "p3"}, {"p0", "p1"}],
    )


def test_each_half_is_explained_like_a_group_of_its_own() -> None:
    parted = split(both_coasts(quorum=2))
    bands = sorted((year.band for half in parted.halves for year in half.people), reverse=True)
    assert parted.key is not None
    assert tuple(bands) == parted.key.worst_bands


def test_too_few_people_are_not_split() -> None:
    parted = split(both_coasts(quorum=3))
    assert (parted.halves, parted.reason) == ((), Reason.TOO_FEW_FOR_TWO)


def test_when_no_two_hours_hold_the_split_says_so() -> None:
    day = make.window("18:00-19:00", Level.FINE, frozenset({2}))
    people = [
        Attendee("x", "UTC", (day,), facilitator=True),
        Attendee("y", "UTC", (), facilitator=True),
    ]
    parted = split(make.group(*people))
    assert (parted.halves, parted.reason) == ((), Reason.NO_TWO_HOURS_HOLD)


def test_a_crowd_is_not_split() -> None:
    crowd = tuple(Attendee(str(number), "UTC", ()) for number in range(201))
    with pytest.raises(TooManyPeople):
        split(make.group(*crowd))
