"""Builders of people and groups for optimizer tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from civiltime import zones
from optimizer import Attendee, GroupSpec, Level, Season, Window

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY_DAY = frozenset(range(7))
SEASON = date(2027, 1, 4)
UNUSUAL_ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/Santiago",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Chatham",
]


def window(span: str, level: Level = Level.FINE, days: frozenset[int] = EVERY_DAY) -> Window:
    """Return a window such as ``18:00-21:30``."""
    start, end = (time.fromisoformat(part) for part in span.split("-"))
    return Window(days, start, end, level)


def amina(*windows: Window) -> Attendee:
    return Attendee("amina", "Africa/Cairo", windows or (window("17:00-22:00"),), facilitator=True)


def bo(*windows: Window) -> Attendee:
    return Attendee("bo", "Europe/Copenhagen", windows or (window("16:00-21:00"),))


def group(*people: Attendee, **needs: Any) -> GroupSpec:
    """Return a group of Amina and Bo, or of these people, for an hour a week in 2027."""
    asked = {"duration": timedelta(hours=1), "start": SEASON, "quorum": 1} | needs
    return GroupSpec(people or (amina(), bo()), **asked)


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
days = st.frozensets(st.integers(0, 6), min_size=1)
windows = st.builds(Window, days, times, times, st.sampled_from(Level))
zone_names = st.sampled_from(UNUSUAL_ZONES) | st.sampled_from(sorted(zones.canonical_names()))


@st.composite
def groups(draw: Callable[..., Any]) -> GroupSpec:
    """Draw a group of one to five people anywhere, in any weeks of 2016 to 2027."""
    people = tuple(
        Attendee(
            f"person-{number}",
            draw(zone_names),
            tuple(draw(st.lists(windows, min_size=1, max_size=4))),
            facilitator=draw(st.booleans()),
            required=draw(st.integers(0, 9)) == 0,
            weight=draw(st.integers(1, 3)),
        )
        for number in range(draw(st.integers(1, 5)))
    )
    return GroupSpec(
        people,
        timedelta(minutes=15 * draw(st.integers(1, 9))),
        date(2016, 1, 4) + timedelta(weeks=draw(st.integers(0, 600))),
        weeks=draw(st.integers(4, 60)),
        cadence_weeks=draw(st.integers(1, 4)),
        quorum=draw(st.integers(0, 5)),
        facilitators=draw(st.integers(0, 2)),
        absence_tol=draw(st.sampled_from([0, 0.1, 0.3, 1])),
        anchors=(draw(zone_names), draw(zone_names)),
    )


@st.composite
def seasons(draw: Callable[..., Any], around: date) -> Season:
    """Draw a season that touches the weeks after a day, in any year if it is a yearly one."""
    first = around + timedelta(days=draw(st.integers(-40, 300)))
    last = first + timedelta(days=draw(st.integers(0, 90)))
    windows_of_season = tuple(draw(st.lists(windows, max_size=3)))
    return Season(first, last, windows_of_season, yearly=draw(st.booleans()))


@st.composite
def seasonal_groups(draw: Callable[..., Any]) -> GroupSpec:
    """Draw a group in which some people's weeks change with the seasons."""
    spec: GroupSpec = draw(groups())
    people = tuple(
        replace(person, seasons=tuple(draw(st.lists(seasons(spec.start), max_size=2))))
        for person in spec.people
    )
    return replace(spec, people=people)
