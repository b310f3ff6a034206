from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmarks import naive_best_time
from optimizer import Attendee, Engine, Level, Reason, Slot, rank, rotate
from optimizer.deadline import Deadline
from optimizer.errors import OutOfRange, TooManyPeople
from optimizer.pareto import nondominated
from optimizer.rotation_search import RotationSearch, SlotCosts
from tests.optimizer import make, reference

if TYPE_CHECKING:
    from optimizer import GroupSpec

MINUTE, NO_TIME = timedelta(minutes=1), timedelta()
OCCURRENCES = 4


@st.composite
def slot_costs(draw: Any) -> SlotCosts:
    shape = (draw(st.integers(1, 7)), draw(st.integers(1, 4)))
    absences = draw(arrays(np.int64, shape, elements=st.integers(0, OCCURRENCES)))
    more = draw(arrays(np.int64, shape, elements=st.integers(0, 8)))
    weight = draw(arrays(np.int64, shape[1:], elements=st.integers(1, 3)))
    return SlotCosts(16 * absences + more, absences, weight, OCCURRENCES)


def exhaustive_score(slot_costs: SlotCosts, rows: tuple[int, ...], scale: int) -> tuple[int, ...]:
    """Score one rotation in plain Python."""
    meetings = len(rows) * slot_costs.occurrences
    burden = [
        sum(column) for column in zip(*(slot_costs.burden[r].tolist() for r in rows), strict=True)
    ]
    missed = [
        sum(column) for column in zip(*(slot_costs.absences[r].tolist() for r in rows), strict=True)
    ]
    bands = sorted((-(-4 * one // meetings) for one in burden), reverse=True)
    weighted = sum(w * b for w, b in zip(slot_costs.weight.tolist(), burden, strict=True))
    return (sum(2 * one > meetings for one in missed), *bands, weighted * scale // len(rows))


@settings(deadline=None)
@given(slot_costs())
def test_the_best_rotation_equals_that_of_exhaustive_search(slot_costs: SlotCosts) -> None:
    search = RotationSearch(slot_costs, (1, 2, 3), Deadline(MINUTE))
    found = search.run()
    choices = [
        rows
        for size in (1, 2, 3)
        for rows in combinations_with_replacement(range(len(slot_costs.burden)), size)
    ]
    assert found.proven
    assert found.score == min(exhaustive_score(slot_costs, rows, search.scale) for rows in choices)
    assert found.score == exhaustive_score(slot_costs, found.rows, search.scale)


@settings(deadline=None)
@given(slot_costs())
def test_without_time_a_rotation_comes_with_a_bound_that_holds(slot_costs: SlotCosts) -> None:
    unfinished = RotationSearch(slot_costs, (3,), Deadline(NO_TIME)).run()
    best = RotationSearch(slot_costs, (3,), Deadline(MINUTE)).run()
    assert unfinished.bound <= best.score <= unfinished.score


@settings(deadline=None)
@given(arrays(np.int64, (12, 3), elements=st.integers(0, 3)))
def test_every_row_is_dominated_by_or_equal_to_a_nondominated_one(rows: Any) -> None:
    kept = rows[nondominated(rows)]
    assert all((kept <= row).all(axis=1).any() for row in rows)
    for row in kept:
        assert (kept <= row).all(axis=1).sum() == 1


@pytest.mark.data
@pytest.mark.parametrize(("size", "name"), [(2, "rotation_k2"), (3, "rotation_k3_coarse")])
def test_rotations_equal_the_reference(
    size: int,
    name: str,
    reference_groups: list[dict[str, Any]],
    reference_answers: dict[str, Any],
) -> None:
    for raw in reference_groups:
        spec, answer = reference.group(raw), reference_answers[raw["id"]]
        step = answer[name].get("step", 1)
        year = Engine(spec.people, spec.horizon).burden(answer["rotation_anchor"])
        burden = year.burden.T[::step].astype(np.int64)
        # The reference weighs everybody alike, and looks at burdens only.
        alike = np.ones(len(spec.people), np.int64)
        all_years = SlotCosts(burden, np.zeros_like(burden), alike, spec.horizon.occurrences)
        found = RotationSearch(all_years, (size,), Deadline(MINUTE)).run()
        _, *bands, total = found.score
        assert found.proven
        assert [row * step for row in found.rows] == answer[name]["slots"]
        assert (bands, total) == (answer[name]["bands"], answer[name]["sum"])


def two_coasts() -> GroupSpec:
    evening = make.window("18:00-21:00", Level.PREFER)
    people = (
        Attendee("amina", "Africa/Cairo", (evening,), facilitator=True),
        Attendee("bo", "Europe/Copenhagen", (evening,), facilitator=True),
        Attendee("dina", "America/Los_Angeles", (evening,), facilitator=True),
        Attendee("eli", "America/Vancouver", (evening,), facilitator=True),
    )
    return make.group(*people, quorum=2)


def test_a_rotation_shares_the_nights_between_two_coasts() -> None:
    spec = two_coasts()
    rotation = rotate(spec)
    assert rotation.objective is not None
    assert rotation.proven
    assert rotation.bound == rotation.objective
    assert len(rotation.slots) == 2
    assert rotation.below_half == ()
    assert rotation.objective.worst_bands[0] < rank(spec)[0].objective.worst_bands[0]
    assert rotation.provenance == rank(spec).provenance


def test_the_objective_of_a_rotation_equals_that_computed_with_zoneinfo_alone() -> None:
    spec = two_coasts()
    rotation = rotate(spec)
    assert rotation.objective is not None
    keys = [naive_best_time.objective(spec, slot) for slot in rotation.slots]
    assert {(key.hard, key.quorum_fail) for key in keys} == {(0, 0)}
    total = sum(key.weighted_sum for key in keys)
    assert rotation.objective.weighted_sum == Fraction(total, len(keys))


def test_a_group_with_an_hour_for_everybody_needs_no_rotation() -> None:
    spec = make.group()
    rotation = rotate(spec)
    assert len(rotation.slots) == 1
    assert rotation.objective is not None
    assert rotation.objective.worst_bands == rank(spec)[0].objective.worst_bands


def test_a_rotation_can_be_restricted_to_one_anchor() -> None:
    assert {slot.anchor for slot in rotate(two_coasts(), anchor="UTC").slots} == {"UTC"}


def test_people_who_would_miss_more_than_half_are_named() -> None:
    never = Attendee("dina", "UTC", ())
    assert rotate(make.group(make.amina(), never)).below_half == ("dina",)


def test_nobody_available_is_a_rotation_of_nothing_with_its_reason() -> None:
    rotation = rotate(make.group(Attendee("dina", "UTC", ())))
    assert (rotation.slots, rotation.reason) == ((), Reason.NOBODY_AVAILABLE)


def test_a_rotation_has_one_to_four_slots() -> None:
    for k_max in (0, 5):
        with pytest.raises(OutOfRange):
            rotate(make.group(), k_max=k_max)


def test_more_than_200_people_do_not_rotate() -> None:
    too_many = tuple(Attendee(str(number), "UTC", ()) for number in range(201))
    with pytest.raises(TooManyPeople):
        rotate(make.group(*too_many))


def test_sixty_people_get_a_rotation_in_time_with_a_bound() -> None:
    people = tuple(
        Attendee(
            f"p{number}",
            make.UNUSUAL_ZONES[number % len(make.UNUSUAL_ZONES)],
            (make.window(f"{7 + number % 11:02}:00-{12 + number % 11:02}:00"),),
            facilitator=True,
        )
        for number in range(60)
    )
    rotation = rotate(make.group(*people), budget=timedelta(milliseconds=300))
    assert rotation.objective is not None
    assert rotation.bound is not None
    assert rotation.bound <= rotation.objective
    assert isinstance(rotation.slots[0], Slot)
