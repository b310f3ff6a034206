from __future__ import annotations

import json
from collections import Counter
from datetime import date, time, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import naive_best_time
from civiltime import zones
from optimizer import (
    Attendee,
    Facilitator,
    GroupSpec,
    Horizon,
    Level,
    Opening,
    Progress,
    Roster,
    Session,
    Slot,
    TzTable,
    UnfilledReason,
    roster,
)
from optimizer.deadline import Deadline
from optimizer.errors import OutOfRange, SameIdTwice
from optimizer.roster_graph import Edge, OpeningSlot, RosterGraph, feasible_edges
from optimizer.roster_search import RosterObjective, RosterSearch, greedy, objective_of
from tests.optimizer import make, reference
from tests.optimizer.test_conflicts import zoneinfo_weeks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
TEN_SECONDS, TWO_MINUTES = timedelta(seconds=10), timedelta(minutes=2)


class Reference:
    """A reference question with its answers."""

    def __init__(self, folder: Path, name: str, candidates: int | None = None) -> None:
        raw = json.loads((folder / f"{name}.json").read_text())
        self.answer = json.loads((folder / f"{name}.oracle.json").read_text())
        self.start = date.fromisoformat(raw["horizon_start"])
        self.openings = [
            Opening(
                group["id"],
                group["lang"],
                group["duration_steps"] * QUARTER,
                tuple(
                    Slot.at(one["anchor"], one["slot"]) for one in group["candidates"][:candidates]
                ),
            )
            for group in raw["groups"]
        ]
        self.facilitators = [
            Facilitator(reference.person(one), frozenset(one["langs"]), one["max_load"])
            for one in raw["facilitators"]
        ]

    def best(self) -> RosterObjective:
        best = self.answer["optimum_fixed_slot"]
        return RosterObjective(best["unfilled"], best["minimax_band_sum"], 0, best["total_band"])


def zoneinfo_year(
    person: Attendee, slot: Slot, duration: timedelta, start: date
) -> tuple[int, int]:
    """Return burden and absences with zoneinfo alone."""
    spec = GroupSpec((person,), duration, start)
    levels = [level for _, level in naive_best_time.local_meetings(spec, slot, person)]
    return sum(naive_best_time.COST[level] for level in levels), levels.count(naive_best_time.NO)


def check(
    found: Roster,
    openings: Sequence[Opening],
    facilitators: Sequence[Facilitator],
    start: date,
    buffer: timedelta = QUARTER,
) -> None:
    """Check languages, loads, slots and overlaps again, with zoneinfo alone."""
    by_id = {opening.id: opening for opening in openings}
    people = {one.person.id: one for one in facilitators}
    leads: dict[str, list[Session]] = {}
    for one in found.assignments:
        opening, leader = by_id[one.opening], people[one.facilitator]
        assert opening.language in leader.languages
        assert one.slot in opening.candidates
        burden, absences = zoneinfo_year(leader.person, one.slot, opening.duration, start)
        assert (absences <= 5, one.band) == (True, -(-4 * burden // 52))
        session = Session(one.opening, one.slot, opening.duration)
        for other in leads.setdefault(one.facilitator, []):
            assert zoneinfo_weeks(session, other, 52, buffer) == ()
        leads[one.facilitator].append(session)
    assert all(len(led) <= people[who].max_load for who, led in leads.items())
    assert {one.opening for one in found.assignments} | set(found.unfilled) == set(by_id)
    assert len(found.assignments) + len(found.unfilled) == len(by_id)


@pytest.mark.data
@pytest.mark.parametrize("name", ["roster_small", "roster_200x80"])
def test_who_could_lead_what_equals_the_reference(name: str, slots_data: Path) -> None:
    asked = Reference(slots_data, name)
    found = feasible_edges(asked.openings, asked.facilitators, Horizon(asked.start), 5, TzTable())
    people = {one.person.id: number for number, one in enumerate(asked.facilitators)}
    groups = {one.id: number for number, one in enumerate(asked.openings)}
    first = [edge for edge in found if edge.opening_slot.candidate == 0]
    assert len(first) == asked.answer["edges_c0"]
    for who, group, candidate, _, bands in asked.answer["sample_edges"]:
        assert found[Edge(people[who], OpeningSlot(groups[group], candidate))] == bands


@pytest.mark.data
def test_a_small_roster_is_proven_and_equals_the_reference(slots_data: Path) -> None:
    asked = Reference(slots_data, "roster_small", candidates=1)
    found = roster(asked.openings, asked.facilitators, asked.start, budget=TEN_SECONDS)
    check(found, asked.openings, asked.facilitators, asked.start)
    assert found.proven
    assert tuple(stage.value for stage in found.stages) == asked.best()


@pytest.mark.data
def test_a_choice_of_hours_fills_no_less(slots_data: Path) -> None:
    asked = Reference(slots_data, "roster_small")
    found = roster(asked.openings, asked.facilitators, asked.start, budget=TEN_SECONDS)
    check(found, asked.openings, asked.facilitators, asked.start)
    assert found.stages[0].value <= asked.best().unfilled


@pytest.mark.data
def test_two_hundred_groups_are_led_at_least_as_well_as_in_the_reference(
    nightly: None, slots_data: Path
) -> None:
    asked = Reference(slots_data, "roster_200x80", candidates=1)
    found = roster(asked.openings, asked.facilitators, asked.start, budget=TWO_MINUTES)
    check(found, asked.openings, asked.facilitators, asked.start)
    assert tuple(stage.value for stage in found.stages) <= asked.best()


@st.composite
def graphs(draw: Any) -> RosterGraph:
    openings, facilitators = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    opening_slots = [OpeningSlot(o, c) for o in range(openings) for c in range(2)]
    every = [Edge(f, opening_slot) for f in range(facilitators) for opening_slot in opening_slots]
    chosen = sorted(draw(st.sets(st.sampled_from(every))))
    cost = {edge: draw(st.integers(0, 9)) for edge in chosen}
    groups = draw(st.lists(st.frozensets(st.sampled_from(opening_slots), min_size=2), max_size=3))
    loads = tuple(draw(st.integers(0, 3)) for _ in range(facilitators))
    previous = draw(st.dictionaries(st.integers(0, openings - 1), st.integers(0, facilitators - 1)))
    return RosterGraph(openings, loads, cost, tuple(groups), previous)


def exhaustive_best(graph: RosterGraph) -> RosterObjective:
    """Return the objective of the best of all rosters."""
    choices = [[None, *graph.edges_of.get(o, [])] for o in range(graph.openings)]
    found = []
    for chosen in product(*choices):
        filled = {edge.opening_slot.opening: edge for edge in chosen if edge}
        load = Counter(edge.facilitator for edge in filled.values())
        no_overlap = not any(
            one.facilitator == other.facilitator
            and other.opening_slot in graph.conflicting[one.opening_slot]
            for one in filled.values()
            for other in filled.values()
        )
        if no_overlap and all(count <= graph.max_load[who] for who, count in load.items()):
            found.append(objective_of(graph, filled))
    return min(found)


@settings(deadline=None, max_examples=25)
@given(graphs())
def test_the_best_roster_equals_that_of_exhaustive_search(graph: RosterGraph) -> None:
    start = greedy(graph)
    search = RosterSearch(graph, start, Deadline(TEN_SECONDS), lambda _: True)
    search.run()
    assert (
        objective_of(graph, search.filled)
        == RosterObjective(**search.bounds)
        == exhaustive_best(graph)
    )
    assert objective_of(graph, search.filled) <= objective_of(graph, start)


def lead(name: str, zone: str, *languages: str, max_load: int = 3) -> Facilitator:
    day = (make.window("08:00-22:00", Level.PREFER),)
    return Facilitator(Attendee(name, zone, day), frozenset(languages), max_load)


def opening(name: str, *times: int, language: str = "en") -> Opening:
    slots = tuple(Slot("Europe/Copenhagen", 2, time(hour)) for hour in times)
    return Opening(name, language, HOUR, slots)


def ask(openings: list[Opening], facilitators: list[Facilitator], **how: Any) -> Roster:
    return roster(openings, facilitators, make.SEASON, budget=TEN_SECONDS, **how)


def test_an_unfilled_opening_has_its_reason() -> None:
    found = ask(
        [opening("a", 18), opening("b", 18), opening("c", 18, language="ar"), opening("d", 3)],
        [lead("amina", "Africa/Cairo", "en")],
    )
    assert found.unfilled in (
        {
            "b": UnfilledReason.ALL_TAKEN,
            "c": UnfilledReason.NO_LANGUAGE,
            "d": UnfilledReason.NO_HOUR,
        },
        {
            "a": UnfilledReason.ALL_TAKEN,
            "c": UnfilledReason.NO_LANGUAGE,
            "d": UnfilledReason.NO_HOUR,
        },
    )
    assert found.proven


def test_sessions_without_a_pause_go_to_two_people_unless_no_pause_is_needed() -> None:
    openings = [opening("a", 18), opening("b", 19)]
    assert len(ask(openings, [lead("amina", "Africa/Cairo", "en")]).unfilled) == 1
    without = ask(openings, [lead("amina", "Africa/Cairo", "en")], buffer=timedelta())
    assert without.unfilled == {}


def test_a_second_hour_is_taken_when_the_first_collides() -> None:
    found = ask([opening("a", 18), opening("b", 18, 20)], [lead("amina", "Africa/Cairo", "en")])
    assert [one.slot.time.hour for one in found.assignments] == [18, 20]


def test_the_previous_facilitator_is_kept_where_nothing_else_is_lost() -> None:
    team = [lead(name, "Europe/Copenhagen", "en") for name in ("bo", "dina", "eli")]
    openings = [opening(name, hour) for name, hour in (("a", 10), ("b", 12), ("c", 14))]
    for before in ({"a": "eli", "b": "dina", "c": "bo"}, {"a": "bo", "b": "bo", "c": "dina"}):
        found = ask(openings, team, previous=before)
        assert {one.opening: one.facilitator for one in found.assignments} == before


def test_a_progress_callback_sees_progress_and_can_end_the_search() -> None:
    seen: list[Progress] = []

    def enough(progress: Progress) -> bool:
        seen.append(progress)
        return False

    openings = [opening(f"{n}", 10, 12, 14) for n in range(6)]
    found = ask(openings, [lead("bo", "Europe/Copenhagen", "en")], on_progress=enough)
    assert len(seen) == 1
    assert len(found.assignments) == 3
    check(found, openings, [lead("bo", "Europe/Copenhagen", "en")], make.SEASON)


def test_nobody_and_nothing_make_an_empty_roster() -> None:
    assert ask([], [lead("bo", "UTC", "en")]).assignments == ()
    assert ask([opening("a", 18)], []).unfilled == {"a": UnfilledReason.NO_LANGUAGE}
    assert ask([], []).provenance.tz_version == zones.TZ_VERSION


def test_a_roster_refuses_repeated_ids_and_numbers_out_of_range() -> None:
    bo = lead("bo", "UTC", "en")
    with pytest.raises(SameIdTwice):
        ask([opening("a", 18), opening("a", 19)], [bo])
    with pytest.raises(SameIdTwice):
        ask([], [bo, bo])
    with pytest.raises(OutOfRange):
        opening("a")
    with pytest.raises(OutOfRange):
        lead("bo", "UTC", "en", max_load=41)
