from __future__ import annotations

from datetime import timedelta

import make
import pytest
import time_machine
from django.conf import settings

from scheduler import tasks
from scheduler.models import Membership, Seat

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY


def test_the_tick_offers_what_is_free_and_lets_substitutes_go() -> None:
    group = make.group(capacity=1)
    waiting = make.membership(make.person(), group, alias="Waiting")
    occurrence = make.occurrence(group, starts_at=NOW + timedelta(hours=8))
    make.seat(waiting, occurrence, state=Seat.State.WAITLISTED)
    done = make.membership(make.person(), group, alias="Done", state=Membership.State.COVERING)
    with time_machine.travel(NOW, tick=False):
        tasks.hand_on_seats()
    assert Seat.objects.get().offered_until == NOW + timedelta(hours=2)
    done.refresh_from_db()
    assert done.state == Membership.State.LEFT


def test_the_tick_is_rung_every_minute() -> None:
    rung = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert rung[tasks.hand_on_seats.name] == timedelta(minutes=1)
