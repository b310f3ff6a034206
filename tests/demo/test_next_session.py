from __future__ import annotations

from datetime import timedelta

import pytest

from demo.next_session import ensure_session_soon
from scheduler.actions.schedule import record_end
from tests.support.demo_time import NOW


def test_a_session_begins_within_five_minutes_and_bo_has_a_seat(demo_data):
    occurrence = ensure_session_soon(now=NOW)

    assert timedelta(minutes=4) < occurrence.starts_at - NOW <= timedelta(minutes=5)
    assert occurrence.seat_rows.going().filter(membership__person__username="bo").exists()


@pytest.mark.parametrize("minutes", [0, 4, 5, 63])
def test_another_start_finds_the_session_that_is_on(demo_data, minutes):
    first = ensure_session_soon(now=NOW)

    assert ensure_session_soon(now=NOW + timedelta(minutes=minutes)) == first


@pytest.mark.parametrize("later", [timedelta(minutes=65), timedelta(days=3), timedelta(days=200)])
def test_another_start_after_it_makes_a_new_one(demo_data, later):
    first = ensure_session_soon(now=NOW)

    second = ensure_session_soon(now=NOW + later)

    assert second != first
    assert timedelta(minutes=4) < second.starts_at - (NOW + later) <= timedelta(minutes=5)


def test_another_start_after_it_was_ended_early_makes_a_new_one(demo_data):
    first = ensure_session_soon(now=NOW)
    record_end(occurrence_id=first.pk, at=NOW + timedelta(minutes=20))

    assert ensure_session_soon(now=NOW + timedelta(minutes=27)) != first
