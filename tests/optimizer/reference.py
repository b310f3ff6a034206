"""Readers of the reference questions and answers."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from optimizer import Attendee, GroupSpec, Level, Objective, Window


def window(raw: dict[str, Any]) -> Window:
    start, end = (time.fromisoformat(raw[name]) for name in ("start", "end"))
    return Window(frozenset(raw["days"]), start, end, Level[raw["level"].upper()])


def person(raw: dict[str, Any]) -> Attendee:
    return Attendee(
        raw["id"],
        raw["zone"],
        tuple(window(one) for one in raw["windows"]),
        facilitator=raw.get("facilitator", False),
        required=raw.get("required", False),
        weight=raw.get("weight", 1),
    )


def group(raw: dict[str, Any]) -> GroupSpec:
    return GroupSpec(
        tuple(person(one) for one in raw["people"]),
        timedelta(minutes=15 * raw["duration_steps"]),
        date.fromisoformat(raw["horizon_start"]),
        weeks=raw["weeks"],
        cadence_weeks=raw["cadence"],
        quorum=raw["quorum"],
        facilitators=raw["facilitators_needed"],
        absence_tol=raw["absence_tol"],
        anchors=tuple(raw["anchors"]),
    )


def objective(raw: dict[str, Any]) -> Objective:
    return Objective(
        raw["hard_weeks"],
        raw["quorum_fail_weeks"],
        raw["unserved"],
        tuple(raw["leximin_bands"]),
        raw["weighted_sum"],
        raw["drift"],
    )
