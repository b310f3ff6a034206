from __future__ import annotations

import json
from datetime import date, time, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from civiltime import zones
from optimizer import (
    Applicant,
    Attendee,
    Formation,
    Level,
    Progress,
    Slot,
    WaitingReason,
    form_groups,
)
from optimizer.deadline import Deadline
from optimizer.errors import OutOfRange, SameIdTwice, TooManyPeople
from optimizer.formation_problem import FormationObjective, FormationProblem, greedy
from optimizer.formation_search import FormationSearch, reassign, reschedule
from tests.optimizer import make, reference
from tests.optimizer.test_rosters import zoneinfo_year

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BLINK, MOMENT = timedelta(milliseconds=200), timedelta(seconds=3)
START = date(2027, 1, 4)


class Reference:
    """A reference question with its answers."""

    def __init__(self, folder: Path, name: str) -> None:
        raw = json.loads((folder / f"{name}.json").read_text())
        self.answer = json.loads((folder / f"{name}.oracle.json").read_text())
        self.applicants = [
            Applicant(reference.person(one), frozenset(one["langs"])) for one in raw["people"]
        ]
        self.slots = [Slot.at(anchor, cell) for anchor, cell in self.answer["slots"]]

    def objective(self, which: str) -> FormationObjective:
        answer = self.answer[which]
        return FormationObjective(len(self.applicants) - answer["placed"], answer["band_sum"])

    def ask(self, **how: Any) -> Formation:
        return form_groups(self.applicants, START, slots=self.slots, **how)


def check(found: Formation, applicants: Sequence[Applicant], sizes: tuple[int, int]) -> None:
    """Check sizes, languages, slots and sums again, with zoneinfo alone."""
    people = {one.person.id: one for one in applicants}
    placed = [member for group in found.groups for member in group.members]
    for group in found.groups:
        assert sizes[0] <= len(group.members) <= sizes[1]
        bands = 0
        for member in group.members:
            assert group.language in people[member].languages
            burden, absences = zoneinfo_year(people[member].person, group.slot, HOUR, START)
            bands += -(-4 * burden // 52)
            assert absences <= 5
        assert bands == group.band_sum
    assert len(set(placed)) == len(placed)
    assert set(placed) | set(found.waiting) == set(people)
    assert found.objective == FormationObjective(
        len(found.waiting), sum(group.band_sum for group in found.groups)
    )
    assert found.bound <= found.objective


@pytest.mark.data
@pytest.mark.parametrize("name", ["formation_60", "formation_2000"])
def test_at_once_groups_are_as_good_as_in_the_reference(name: str, slots_data: Path) -> None:
    asked = Reference(slots_data, name)
    groups = asked.answer["greedy"]["groups"]
    found = asked.ask(max_groups=groups, budget=timedelta())
    assert len(found.groups) <= groups
    assert found.objective <= asked.objective("greedy_flow")


@pytest.mark.data
def test_groups_of_sixty_people_hold(slots_data: Path) -> None:
    asked = Reference(slots_data, "formation_60")
    check(asked.ask(budget=MOMENT), asked.applicants, (8, 12))


@pytest.mark.data
def test_sixty_people_are_placed_at_least_as_well_as_in_the_reference(
    nightly: None, slots_data: Path
) -> None:
    asked = Reference(slots_data, "formation_60")
    found = asked.ask(max_groups=5, budget=MINUTE)
    check(found, asked.applicants, (8, 12))
    assert found.objective <= asked.objective("mip")


@pytest.mark.data
def test_two_thousand_people_gain_most_of_what_the_greedy_heuristic_leaves(
    nightly: None, slots_data: Path
) -> None:
    asked = Reference(slots_data, "formation_2000")
    found = asked.ask(max_groups=161, budget=2 * MINUTE)
    check(found, asked.applicants, (8, 12))
    assert found.objective.waiting <= asked.objective("greedy_flow").waiting
    assert found.objective.band_sum <= asked.objective("greedy_flow").band_sum * 0.6


@st.composite
def problems(draw: Any) -> FormationProblem:
    people, slots = draw(st.integers(2, 7)), draw(st.integers(1, 3))
    feasible = draw(arrays(np.bool_, (people, slots)))
    bands = draw(arrays(np.uint8, (people, slots), elements=st.integers(0, 16)))
    speaks = draw(arrays(np.bool_, (2, people)))
    return FormationProblem(feasible, bands, speaks, 2, 3, draw(st.integers(1, 3)))


def exhaustive_best(problem: FormationProblem) -> FormationObjective:
    """Try every set of groups."""
    languages, slots = len(problem.speaks), problem.feasible.shape[1]
    every = [
        (members, cost)
        for size in range(problem.min_size, problem.max_size + 1)
        for members in combinations(range(len(problem.feasible)), size)
        if problem.speaks[:, members].all(axis=1).any()
        and (cost := int(problem.cost[list(members)].sum(axis=0).min())) < 1_000
    ]
    assert languages == 2
    assert slots <= 3
    best = FormationObjective(len(problem.feasible), 0)
    for count in range(1, problem.max_groups + 1):
        for chosen in combinations(every, count):
            placed = [member for members, _ in chosen for member in members]
            if len(set(placed)) == len(placed):
                cost = sum(cost for _, cost in chosen)
                best = min(best, FormationObjective(len(problem.feasible) - len(placed), cost))
    return best


@settings(deadline=None, max_examples=30)
@given(problems())
def test_the_best_groups_equal_those_of_exhaustive_search(problem: FormationProblem) -> None:
    search = FormationSearch(problem, greedy(problem), Deadline(BLINK), lambda _: True)
    search.run()
    assert (
        search.bound
        <= exhaustive_best(problem)
        == search.objective
        <= problem.objective(greedy(problem))
    )


@settings(deadline=None)
@given(problems())
def test_neither_reassigning_nor_rescheduling_makes_the_objective_worse(
    problem: FormationProblem,
) -> None:
    groups = greedy(problem)
    assert problem.objective(reassign(problem, groups)) <= problem.objective(groups)
    assert problem.objective(reschedule(problem, groups)) <= problem.objective(groups)


def applicants(count: int, *languages: str, zone: str = "Africa/Cairo") -> list[Applicant]:
    evening = (make.window("18:00-22:00", Level.PREFER),)
    return [
        Applicant(Attendee(f"{zone}-{languages}-{n}", zone, evening), frozenset(languages))
        for n in range(count)
    ]


def test_people_who_share_a_language_and_an_hour_meet() -> None:
    everybody = applicants(8, "ar") + applicants(9, "sk", zone="Europe/Bratislava")
    found = form_groups(everybody, START, budget=MOMENT)
    check(found, everybody, (8, 12))
    assert [(group.language, len(group.members)) for group in found.groups] == [
        ("ar", 8),
        ("sk", 9),
    ]
    assert found.proven
    assert found.provenance.tz_version == zones.TZ_VERSION


def test_somebody_with_two_languages_completes_the_group_that_lacks_one() -> None:
    both = applicants(1, "ar", "en")
    everybody = applicants(7, "ar") + applicants(12, "en") + both
    found = form_groups(everybody, START, budget=MOMENT)
    assert {len(group.members) for group in found.groups} == {8, 12}
    assert found.waiting == {}


def test_everybody_who_waits_has_a_reason() -> None:
    night = Applicant(Attendee("night", "UTC", ()), frozenset({"ar"}))
    everybody = [*applicants(13, "ar"), *applicants(3, "sk"), night]
    found = form_groups(everybody, START, max_groups=1, budget=MOMENT)
    assert sorted(found.waiting.values(), key=str) == [
        WaitingReason.NO_HOUR,
        WaitingReason.NO_ROOM,
        WaitingReason.TOO_FEW_ALIKE,
        WaitingReason.TOO_FEW_ALIKE,
        WaitingReason.TOO_FEW_ALIKE,
    ]


def test_a_progress_callback_can_end_the_search() -> None:
    seen: list[Progress] = []

    def enough(progress: Progress) -> bool:
        seen.append(progress)
        return False

    evenings = [Slot("UTC", 2, time(hour)) for hour in (17, 18)]
    found = form_groups(
        applicants(30, "ar"), START, slots=evenings, max_groups=1, on_progress=enough
    )
    assert len(found.groups) == 1
    assert len(seen) <= 2


def test_nobody_makes_no_groups() -> None:
    assert form_groups([], START).groups == ()
    mute = [Applicant(Attendee("x", "UTC", ()), frozenset())]
    assert form_groups(mute, START).waiting == {"x": WaitingReason.TOO_FEW_ALIKE}


def test_a_formation_refuses_what_makes_no_group() -> None:
    with pytest.raises(OutOfRange):
        form_groups(applicants(3, "ar"), START, sizes=(5, 4))
    with pytest.raises(SameIdTwice):
        form_groups(applicants(1, "ar") * 2, START)
    with pytest.raises(TooManyPeople):
        form_groups(applicants(10_001, "ar"), START)
