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
from optimizer import Attendee, Formation, Level, Newcomer, Progress, Slot, Waiting, form_groups
from optimizer.errors import OutOfRange, SameIdTwice, TooManyPeople
from optimizer.formation_candidates import Field, Worth, greedy
from optimizer.formation_search import FormationSearch, move, reassign
from optimizer.stopwatch import Stopwatch
from tests.optimizer import make, reference
from tests.optimizer.test_rosters import plain_year

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
        self.newcomers = [
            Newcomer(reference.person(one), frozenset(one["langs"])) for one in raw["people"]
        ]
        self.slots = [Slot.at(anchor, cell) for anchor, cell in self.answer["slots"]]

    def worth(self, which: str) -> Worth:
        answer = self.answer[which]
        return Worth(len(self.newcomers) - answer["placed"], answer["band_sum"])

    def ask(self, **how: Any) -> Formation:
        return form_groups(self.newcomers, START, slots=self.slots, **how)


def check(found: Formation, newcomers: Sequence[Newcomer], sizes: tuple[int, int]) -> None:
    """Believe nothing: sizes, languages, hours and sums again, with zoneinfo alone."""
    people = {one.person.id: one for one in newcomers}
    placed = [member for group in found.groups for member in group.members]
    for group in found.groups:
        assert sizes[0] <= len(group.members) <= sizes[1]
        bands = 0
        for member in group.members:
            assert group.language in people[member].languages
            burden, absences = plain_year(people[member].person, group.slot, HOUR, START)
            bands += -(-4 * burden // 52)
            assert absences <= 5
        assert bands == group.band_sum
    assert len(set(placed)) == len(placed)
    assert set(placed) | set(found.waiting) == set(people)
    assert found.worth == Worth(len(found.waiting), sum(group.band_sum for group in found.groups))
    assert found.bound <= found.worth


@pytest.mark.data
@pytest.mark.parametrize("name", ["formation_60", "formation_2000"])
def test_at_once_groups_are_as_good_as_in_the_reference(name: str, slots_data: Path) -> None:
    asked = Reference(slots_data, name)
    groups = asked.answer["greedy"]["groups"]
    found = asked.ask(max_groups=groups, budget=timedelta())
    assert len(found.groups) <= groups
    assert found.worth <= asked.worth("greedy_flow")


@pytest.mark.data
def test_groups_of_sixty_people_hold(slots_data: Path) -> None:
    asked = Reference(slots_data, "formation_60")
    check(asked.ask(budget=MOMENT), asked.newcomers, (8, 12))


@pytest.mark.data
def test_sixty_people_are_placed_at_least_as_well_as_in_the_reference(
    nightly: None, slots_data: Path
) -> None:
    asked = Reference(slots_data, "formation_60")
    found = asked.ask(max_groups=5, budget=MINUTE)
    check(found, asked.newcomers, (8, 12))
    assert found.worth <= asked.worth("mip")


@pytest.mark.data
def test_two_thousand_people_gain_most_of_what_greed_leaves(
    nightly: None, slots_data: Path
) -> None:
    asked = Reference(slots_data, "formation_2000")
    found = asked.ask(max_groups=161, budget=2 * MINUTE)
    check(found, asked.newcomers, (8, 12))
    assert found.worth.waiting <= asked.worth("greedy_flow").waiting
    assert found.worth.band_sum <= asked.worth("greedy_flow").band_sum * 0.6


@st.composite
def fields(draw: Any) -> Field:
    people, slots = draw(st.integers(2, 7)), draw(st.integers(1, 3))
    can = draw(arrays(np.bool_, (people, slots)))
    bands = draw(arrays(np.uint8, (people, slots), elements=st.integers(0, 16)))
    speaks = draw(arrays(np.bool_, (2, people)))
    return Field(can, bands, speaks, 2, 3, draw(st.integers(1, 3)))


def plain_best(field: Field) -> Worth:
    """Try every set of groups."""
    languages, slots = len(field.speaks), field.can.shape[1]
    every = [
        (members, cost)
        for size in range(field.least, field.most + 1)
        for members in combinations(range(len(field.can)), size)
        if field.speaks[:, members].all(axis=1).any()
        and (cost := int(field.cost[list(members)].sum(axis=0).min())) < 1_000
    ]
    assert languages == 2
    assert slots <= 3
    best = Worth(len(field.can), 0)
    for count in range(1, field.max_groups + 1):
        for chosen in combinations(every, count):
            placed = [member for members, _ in chosen for member in members]
            if len(set(placed)) == len(placed):
                cost = sum(cost for _, cost in chosen)
                best = min(best, Worth(len(field.can) - len(placed), cost))
    return best


@settings(deadline=None, max_examples=30)
@given(fields())
def test_the_best_groups_are_those_of_trying_all(field: Field) -> None:
    search = FormationSearch(field, greedy(field), Stopwatch(BLINK), lambda _: True)
    search.run()
    assert search.bound <= plain_best(field) == search.worth <= field.worth(greedy(field))


@settings(deadline=None)
@given(fields())
def test_neither_better_places_nor_better_hours_make_anything_worse(field: Field) -> None:
    groups = greedy(field)
    assert field.worth(reassign(field, groups)) <= field.worth(groups)
    assert field.worth(move(field, groups)) <= field.worth(groups)


def newcomers(count: int, *languages: str, zone: str = "Africa/Cairo") -> list[Newcomer]:
    evening = (make.window("18:00-22:00", Level.PREFER),)
    return [
        Newcomer(Attendee(f"{zone}-{languages}-{n}", zone, evening), frozenset(languages))
        for n in range(count)
    ]


def test_people_who_share_a_language_and_an_hour_meet() -> None:
    everybody = newcomers(8, "ar") + newcomers(9, "sk", zone="Europe/Bratislava")
    found = form_groups(everybody, START, budget=MOMENT)
    check(found, everybody, (8, 12))
    assert [(group.language, len(group.members)) for group in found.groups] == [
        ("ar", 8),
        ("sk", 9),
    ]
    assert found.proven
    assert found.provenance.tz_version == zones.TZ_VERSION


def test_somebody_with_two_languages_completes_the_group_that_lacks_one() -> None:
    both = newcomers(1, "ar", "en")
    everybody = newcomers(7, "ar") + newcomers(12, "en") + both
    found = form_groups(everybody, START, budget=MOMENT)
    assert {len(group.members) for group in found.groups} == {8, 12}
    assert found.waiting == {}


def test_whoever_waits_is_told_why() -> None:
    night = Newcomer(Attendee("night", "UTC", ()), frozenset({"ar"}))
    everybody = [*newcomers(13, "ar"), *newcomers(3, "sk"), night]
    found = form_groups(everybody, START, max_groups=1, budget=MOMENT)
    assert sorted(found.waiting.values(), key=str) == [
        Waiting.NO_HOUR,
        Waiting.NO_ROOM,
        Waiting.TOO_FEW_ALIKE,
        Waiting.TOO_FEW_ALIKE,
        Waiting.TOO_FEW_ALIKE,
    ]


def test_a_watcher_can_end_the_search() -> None:
    seen: list[Progress] = []

    def enough(progress: Progress) -> bool:
        seen.append(progress)
        return False

    evenings = [Slot("UTC", 2, time(hour)) for hour in (17, 18)]
    found = form_groups(newcomers(30, "ar"), START, slots=evenings, max_groups=1, watcher=enough)
    assert len(found.groups) == 1
    assert len(seen) <= 2


def test_nobody_makes_no_groups() -> None:
    assert form_groups([], START).groups == ()
    mute = [Newcomer(Attendee("x", "UTC", ()), frozenset())]
    assert form_groups(mute, START).waiting == {"x": Waiting.TOO_FEW_ALIKE}


def test_a_formation_refuses_what_makes_no_group() -> None:
    with pytest.raises(OutOfRange):
        form_groups(newcomers(3, "ar"), START, sizes=(5, 4))
    with pytest.raises(SameIdTwice):
        form_groups(newcomers(1, "ar") * 2, START)
    with pytest.raises(TooManyPeople):
        form_groups(newcomers(10_001, "ar"), START)
