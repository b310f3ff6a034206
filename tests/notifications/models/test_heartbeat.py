from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.models import Heartbeat
from tests import make

pytestmark = pytest.mark.django_db


def test_a_clock_that_never_ticked_has_no_age() -> None:
    assert Heartbeat.age(make.FRIDAY) is None


def test_the_age_counts_from_the_last_tick() -> None:
    Heartbeat.objects.beat(make.FRIDAY)
    Heartbeat.objects.beat(make.FRIDAY + timedelta(seconds=2))
    assert Heartbeat.age(make.FRIDAY + timedelta(seconds=5)) == timedelta(seconds=3)
