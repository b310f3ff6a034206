from __future__ import annotations

from datetime import timedelta
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optimizer import Attendee, Level, Reason, Slot, SplitObjective, rank, split
from optimizer.deadline import Deadline
from optimizer.errors import TooManyPeople
from optimizer.pair_search import DistinctSlots, HalfRequirement, PairSearch
from tests.optimizer import make

MINUTE, NO_TIME = timedelta(minutes=1), timedelta()


@st.composite
def questions(draw: Any) -> tuple[DistinctSlots, HalfRequirement]:
    shape = (draw(st.integers(2, 5)), draw(st.integers(2, 5)))
    absences = draw(arrays(np.int64, shape, elements=st.integers(0, 3)))
    more = draw(arrays(np.int64, shape, elements=st.integers(0, 1)))
    weight = draw(arrays(np.int64, shape[1:], elements=st.integers(1, 2)))
    is_facilitator = draw(arrays(np.bool_, shape[1:]))
    slots = [Slot.at("UTC", cell) for cell in range(shape[0])]
    burden = np.minimum(16 * absences + more, 48)
    slots = DistinctSlots(slots, burden, absences, absences <= 1, weight, is_facilitator, 3)
    return slots, HalfRequirement(draw(st.integers(1, 2)), draw(st.integers(0, 1)))


def exhaustive_best(slots: DistinctSlots, half: HalfRequirement) -> SplitObjective | None:
    """Return the objective of the best of all pairs and all assignments of ties."""
    people = range(slots.burden.shape[1])
    keys = []
    for pair in combinations(range(len(slots.slots)), 2):
        prices = [[(slots.burden[r, p], slots.absences[r, p]) for p in people] for r in pair]
        choices = [
            [side for side in (0, 1) if prices[side][p] <= prices[1 - side][p]] for p in people
        ]
        for sides in product(*choices):
            if all(stands(slots, half, pair[side], sides, side) for side in (0, 1)):
                burden = [int(slots.burden[pair[sides[p]], p]) for p in people]
                bands = sorted((-(-4 * one // slots.occurrences) for one in burden), reverse=True)
                keys.append(SplitObjective(tuple(bands), int(np.array(burden) @ slots.weight)))
    return min(keys, default=None)


def stands(
    slots: DistinctSlots, half: HalfRequirement, row: int, sides: tuple[int, ...], side: int
) -> bool:
    served = [p for p, s in enumerate(sides) if s == side and slots.served[row, p]]
    enough = sum(bool(slots.facilitator[p]) for p in served) >= half.facilitators
    return enough and len(served) >= half.people


@settings(deadline=None)
@given(questions())
def test_the_best_split_equals_that_of_exhaustive_search(
    question: tuple[DistinctSlots, HalfRequirement],
) -> None:
    search = PairSearch(*question, Deadline(MINUTE))
    search.run()
    assert search.objective == search.bound == exhaustive_best(*question)


@settings(deadline=None)
@given(questions())
def test_both_halves_of_a_split_are_feasible(
    question: tuple[DistinctSlots, HalfRequirement],
) -> None:
    slots, half = question
    search = PairSearch(*question, Deadline(MINUTE))
    search.run()
    if search.pair is None:
        return
    sides = [0 if p in search.sides()[0] else 1 for p in range(slots.burden.shape[1])]
    for side in (0, 1):
        assert stands(slots, half, search.pair[side], tuple(sides), side)


@settings(deadline=None)
@given(questions())
def test_without_time_a_split_comes_with_a_bound_that_holds(
    question: tuple[DistinctSlots, HalfRequirement],
) -> None:
    unfinished = PairSearch(*question, Deadline(NO_TIME))
    unfinished.run()
    best = exhaustive_best(*question)
    assert unfinished.bound is not None
    assert best is None or unfinished.bound <= best


def two_coasts(**needs: Any) -> Any:
    evening = make.window("18:00-21:00", Level.PREFER)
    homes = ["Africa/Cairo", "Europe/Copenhagen", "America/Los_Angeles", "America/Vancouver"]
    people = tuple(
        Attendee(f"p{number}", home, (evening,), facilitator=True)
        for number, home in enumerate(homes)
    )
    return make.group(*people, **needs)


def test_a_group_on_two_coasts_splits_into_evenings_for_all() -> None:
    parted = split(two_coasts(quorum=2))
    assert parted.proven
    assert parted.objective is not None
    assert parted.objective.worst_bands[0] < rank(two_coasts())[0].objective.worst_bands[0]
    assert [{year.id for year in half.people} for half in parted.halves] in (
        [{"p0", "p1"}, {"p2", "p3"}],
        [{"p2", "p3"}, {"p0", "p1"}],
    )


def test_each_half_is_explained_like_a_group_of_its_own() -> None:
    parted = split(two_coasts(quorum=2))
    bands = sorted((year.band for half in parted.halves for year in half.people), reverse=True)
    assert parted.objective is not None
    assert tuple(bands) == parted.objective.worst_bands


def test_too_few_people_are_not_split() -> None:
    parted = split(two_coasts(quorum=3))
    assert (parted.halves, parted.reason) == ((), Reason.TOO_FEW_FOR_TWO)


def test_when_no_two_hours_hold_the_split_says_so() -> None:
    day = make.window("18:00-19:00", Level.FINE, frozenset({2}))
    people = [
        Attendee("x", "UTC", (day,), facilitator=True),
        Attendee("y", "UTC", (), facilitator=True),
    ]
    parted = split(make.group(*people))
    assert (parted.halves, parted.reason) == ((), Reason.NO_TWO_HOURS_HOLD)


def test_more_than_200_people_are_not_split() -> None:
    too_many = tuple(Attendee(str(number), "UTC", ()) for number in range(201))
    with pytest.raises(TooManyPeople):
        split(make.group(*too_many))
