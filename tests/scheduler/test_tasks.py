from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from celery import current_app
from django.conf import settings

from scheduler import tasks
from scheduler.models import Membership, Occurrence, Seat
from tests import make

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY


def _tick(after: timedelta) -> list[str]:
    with time_machine.travel(NOW + after, tick=False):
        tasks.top_up()
    rows = Occurrence.objects.filter(starts_at__gt=NOW + after).order_by("starts_at")
    return [str(local) for local in rows.values_list("starts_local", flat=True)]


def test_the_clock_asks_for_sessions_at_least_once_an_hour() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["top-up"]
    assert entry["task"] in current_app.tasks
    assert entry["schedule"] <= timedelta(hours=1)
    assert entry["options"]["expires"] <= entry["schedule"].total_seconds()


def test_after_a_month_of_silence_no_session_of_the_next_25_weeks_is_missing() -> None:
    group = make.group()
    make.series(group, first_local=datetime(2026, 6, 9, 18, 0))
    first = _tick(timedelta())
    caught_up = _tick(timedelta(days=31))
    assert caught_up[: len(first) - 4] == first[4:]
    expected = [str(datetime(2026, 7, 7, 18, 0) + timedelta(weeks=week)) for week in range(26)]
    assert caught_up == expected


def test_ticking_twice_makes_nothing_twice() -> None:
    make.series(make.group())
    assert _tick(timedelta(weeks=3)) == _tick(timedelta(weeks=3))


def test_the_tick_of_seats_offers_what_is_free_and_lets_substitutes_go() -> None:
    group = make.group(capacity=1)
    waiting = make.membership(make.person(), group, alias="Waiting")
    occurrence = make.occurrence(group, starts_at=NOW + timedelta(hours=8))
    make.seat(waiting, occurrence, state=Seat.State.WAITLISTED)
    done = make.membership(make.person(), group, alias="Done", state=Membership.State.COVERING)
    with time_machine.travel(NOW, tick=False):
        tasks.expire_and_offer_seats()
    assert Seat.objects.get().offered_until == NOW + timedelta(hours=2)
    done.refresh_from_db()
    assert done.state == Membership.State.LEFT


def test_the_clock_asks_for_free_seats_every_minute() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["seats"]
    assert entry["task"] in current_app.tasks
    assert entry["schedule"] == timedelta(minutes=1)
    assert entry["options"]["expires"] <= entry["schedule"].total_seconds()
