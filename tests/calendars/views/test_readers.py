"""Feeds of groups in many zones, fetched over HTTP and read by other calendar programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
import time_machine

from calendars.models import Feed
from civiltime.recurrence import Rule
from scheduler.actions import schedule
from scheduler.models import Occurrence
from tests import make
from tests.readers.programs import READERS, Reader
from tests.support.calendar_client import fetch, subscribe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from accounts.models import Person
    from scheduler.models import Series
    from tests.support.site import Site

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 4, 12, 0, tzinfo=UTC)  # clocks change in most of the world before the end
UNTIL = NOW + timedelta(days=150)
ZONES = (
    "Europe/Berlin", "America/Vancouver", "America/Nuuk", "Africa/Cairo", "Africa/Casablanca",
    "Asia/Kathmandu", "Asia/Gaza", "Australia/Lord_Howe", "Pacific/Chatham", "America/Havana",
)  # fmt: skip
RULES = (
    "FREQ=WEEKLY;BYDAY=TU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=SU",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=WEEKLY;BYDAY=TU;COUNT=9",
)


@pytest.fixture(autouse=True)
def _september() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def member_of_many(site: Site) -> Person:
    """Return Bo, who belongs to a group in each zone; some sessions are moved or cancelled."""
    chance = Random(20260904)  # noqa: S311 - test data, not a secret
    for number, tz in enumerate(ZONES):
        group = make.group(f"Group {number}", tz=tz)
        make.membership(site.amina, group, role="facilitator")
        make.membership(site.bo, group)
        series = schedule.create_series(
            by=site.amina,
            group=group,
            first_local=datetime(2026, 9, 8, chance.choice((7, 12, 18, 20)), 30),
            rule=Rule.parse(RULES[number % len(RULES)]),
            duration_minutes=75,
            now=NOW,
        )
        _move_and_cancel(series, site.amina, chance)
    return site.bo


def _move_and_cancel(series: Series, by: Person, chance: Random) -> None:
    for session in series.occurrences.order_by("starts_at"):
        fate = chance.random()
        if fate < 0.1:
            schedule.cancel_occurrence(by=by, occurrence=session, reason="", now=NOW)
        elif fate < 0.25:
            later = timedelta(days=chance.choice((0, 1, 9)), minutes=chance.choice((30, 60, 90)))
            schedule.move_occurrence(
                by=by,
                occurrence=session,
                starts_local=session.starts_local + later,
                tz=session.tz,
                duration_minutes=60,
                reason="",
                now=NOW,
            )


@pytest.mark.parametrize("profile", Feed.Profile.values)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_every_program_sees_over_http_what_the_tables_say(
    reader: Reader, profile: str, member_of_many: Person, tmp_path: Path
) -> None:
    reader.require()
    body = fetch(subscribe(member_of_many, profile=profile)).content
    seen = reader.sessions(body, tmp_path, NOW, UNTIL)
    sessions = Occurrence.objects.filter(starts_at__lt=UNTIL)
    assert sessions.count() > 100
    assert sorted((one.start, one.status) for one in seen) == sorted(
        (f"{one.starts_at:%Y-%m-%dT%H:%M:%SZ}", "CANCELLED" if one.is_cancelled else "CONFIRMED")
        for one in sessions
    )
    assert (b"RRULE:FREQ=WEEKLY" in body) == (profile == "series")
