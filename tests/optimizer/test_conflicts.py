from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civiltime import zones
from optimizer import Session, Slot, conflicts
from optimizer.errors import NotAMonday, SameIdTwice, UnsupportedDuration
from tests.optimizer import make

if TYPE_CHECKING:
    from pathlib import Path

HOUR, QUARTER, NOTHING = timedelta(hours=1), timedelta(minutes=15), timedelta()
WEEKS = 52


def zoneinfo_starts(session: Session, start: date, weeks: int) -> dict[int, datetime]:
    """Return the UTC start of each meeting by week, with zoneinfo alone."""
    tz = zones.zone(session.slot.anchor)
    found = {}
    for week in range(session.slot.week, weeks, session.cadence_weeks):
        day = start + timedelta(weeks=week, days=session.slot.weekday)
        found[week] = datetime.combine(day, session.slot.time, tz).astimezone(UTC)
    return found


def zoneinfo_weeks(one: Session, other: Session, weeks: int, buffer: timedelta) -> tuple[int, ...]:
    mine, theirs = (zoneinfo_starts(each, make.SEASON, weeks) for each in (one, other))
    return tuple(
        week
        for week, at in mine.items()
        if any(
            at < their + other.duration + buffer and their < at + one.duration + buffer
            for their in theirs.values()
        )
    )


sessions = st.lists(
    st.builds(
        Slot.at, make.zone_names, st.integers(0, 671) | st.integers(0, 4) | st.integers(660, 671)
    ),
    min_size=2,
    max_size=6,
).map(lambda slots: [Session(str(n), slot, (1 + n % 3) * HOUR) for n, slot in enumerate(slots)])


@settings(deadline=None)
@given(sessions, st.sampled_from([NOTHING, QUARTER, 3 * HOUR]))
def test_conflicts_equal_those_computed_with_zoneinfo_alone(
    given_: list[Session], buffer: timedelta
) -> None:
    found = conflicts(given_, make.SEASON, weeks=30, buffer=buffer)
    expected = {
        (one.id, other.id): weeks
        for index, one in enumerate(given_)
        for other in given_[index + 1 :]
        if (weeks := zoneinfo_weeks(one, other, 30, buffer))
    }
    assert {(one.first, one.second): one.weeks for one in found} == expected


def reference_sessions(raw: dict[str, Any]) -> list[Session]:
    return [
        Session(
            group["id"],
            Slot.at(group["candidates"][0]["anchor"], group["candidates"][0]["slot"]),
            timedelta(minutes=15 * group["duration_steps"]),
        )
        for group in raw["groups"]
    ]


@pytest.mark.data
@pytest.mark.parametrize("name", ["roster_small", "roster_200x80"])
def test_conflicts_contain_the_reference_and_any_others_are_real(
    name: str, slots_data: Path
) -> None:
    raw = json.loads((slots_data / f"{name}.json").read_text())
    answer = json.loads((slots_data / f"{name}.oracle.json").read_text())["conflicts_c0"]
    given_ = reference_sessions(raw)
    found = conflicts(given_, date.fromisoformat(raw["horizon_start"]), buffer=QUARTER)
    weeks = {(one.first, one.second): one.weeks for one in found}
    by_id = {session.id: session for session in given_}
    # The reference compares meetings of the same week, and so misses Sunday night and Monday.
    for first, second, many in answer:
        assert len(weeks.pop((first, second))) == many
    for (first, second), more in weeks.items():
        assert more == zoneinfo_weeks(by_id[first], by_id[second], WEEKS, QUARTER)


def test_a_conflict_that_january_hides_is_seasonal() -> None:
    cairo = Session("cairo", Slot("Africa/Cairo", 2, time(19)), HOUR)
    berlin = Session("berlin", Slot("Europe/Berlin", 2, time(19)), HOUR)
    (found,) = conflicts([cairo, berlin], make.SEASON)
    assert found.is_seasonal
    assert 0 not in found.weeks
    assert (found.first, found.second) == ("cairo", "berlin")


def test_sessions_that_touch_conflict_only_with_a_buffer() -> None:
    first = Session("first", Slot("UTC", 2, time(18)), HOUR)
    second = Session("second", Slot("UTC", 2, time(19)), HOUR)
    assert len(conflicts([first, second], make.SEASON)) == 0
    (found,) = conflicts([first, second], make.SEASON, buffer=QUARTER)
    assert not found.is_seasonal


def test_sunday_night_meets_monday_morning() -> None:
    night = Session("night", Slot("UTC", 6, time(23, 30)), HOUR)
    morning = Session("morning", Slot("UTC", 0, time(0)), HOUR)
    (found,) = conflicts([night, morning], make.SEASON)
    assert found.weeks == tuple(range(51))


def test_every_other_week_conflicts_only_when_both_meet() -> None:
    slots = {"even": 0, "odd": 1, "also odd": 1}
    fortnightly = [
        Session(name, Slot("UTC", 2, time(18), week), HOUR, cadence_weeks=2)
        for name, week in slots.items()
    ]
    (found,) = conflicts(fortnightly, make.SEASON)
    assert (found.first, found.second) == ("odd", "also odd")
    assert found.weeks == tuple(range(1, 52, 2))


def test_no_sessions_have_no_conflicts_but_a_provenance() -> None:
    found = conflicts([], make.SEASON)
    assert len(found) == 0
    assert found.provenance.tz_version == zones.TZ_VERSION


def test_conflicts_refuse_what_they_cannot_compare() -> None:
    session = Session("x", Slot("UTC", 2, time(18)), HOUR)
    with pytest.raises(SameIdTwice):
        conflicts([session, session], make.SEASON)
    with pytest.raises(NotAMonday):
        conflicts([session], date(2027, 1, 5))
    with pytest.raises(UnsupportedDuration):
        conflicts([Session("y", session.slot, NOTHING)], make.SEASON)
