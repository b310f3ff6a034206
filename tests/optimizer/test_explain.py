from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from optimizer import Level, PersonYear, Slot, explain, rank
from tests.optimizer import make, reference

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def as_reference(year: PersonYear) -> dict[str, Any]:
    return {
        "id": year.id,
        "zone": year.zone,
        "year_burden": year.burden,
        "absences": year.absences,
        "usual_local": f"{DAYS[year.weekday]} {year.time:%H:%M}",
        "drift": [
            {
                "occ": week.occurrence,
                "local": f"{week.local:%Y-%m-%dT%H:%M%z}",
                "level": week.level.name.lower(),
                "worse": week.is_worse,
            }
            for week in year.drift
        ],
    }


@pytest.mark.data
def test_the_year_of_every_person_of_the_reference_groups_equals_the_reference(
    reference_groups: list[dict[str, Any]], reference_answers: dict[str, Any]
) -> None:
    for raw in reference_groups:
        answer = reference_answers[raw["id"]]
        best = answer["ranking"][0]
        explained = explain(reference.group(raw), Slot.at(best["anchor"], best["slot"]))
        assert explained.objective == reference.objective(best["key"])
        assert [as_reference(year) for year in explained.people] == answer["best_detail"]


def test_an_explanation_agrees_with_the_ranking() -> None:
    spec = make.group(cadence_weeks=2)
    for ranked in rank(spec, top=200)[::20]:
        explained = explain(spec, ranked.slot)
        assert (explained.objective, explained.provenance) == (ranked.objective, ranked.provenance)


def test_the_weeks_between_two_countries_clock_changes_are_named() -> None:
    amina, bo = explain(make.group(), Slot("Europe/Copenhagen", 2, time(18))).people
    assert (amina.time, bo.time, bo.drift) == (time(19), time(18), ())
    assert [f"{week.local:%m-%d %H:%M}" for week in amina.drift] == [
        "03-31 18:00",
        "04-07 18:00",
        "04-14 18:00",
        "04-21 18:00",
        "04-28 18:00",
    ]


def test_a_drift_week_that_suits_less_is_marked_worse() -> None:
    evening = (make.window("19:00-21:00"), make.window("18:00-19:00", Level.NO))
    explained = explain(make.group(make.amina(*evening)), Slot("Europe/Copenhagen", 2, time(18)))
    amina = explained.people[0]
    assert {(week.level, week.is_worse) for week in amina.drift} == {(Level.NO, True)}
    assert amina.absences == len(amina.drift) == 5


def test_reasons_stay_private() -> None:
    day = make.window("08:00-22:00")
    private = type(day)(day.days, day.start, day.end, day.level, "clinic")
    explained = explain(make.group(make.amina(private)), Slot("UTC", 0, time(12)))
    assert "clinic" not in repr(explained)
