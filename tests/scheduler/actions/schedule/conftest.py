"""Amina's group meets on Tuesdays at 18:00 in Bratislava; it is Friday 5 June 2026."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from civiltime.recurrence import Rule
from scheduler.actions import schedule
from scheduler.models import Membership
from tests import make

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import Group, Series


@pytest.fixture
def amina() -> Person:
    return make.person("amina", tz="Africa/Cairo")


@pytest.fixture
def lamp(amina: Person) -> Group:
    group = make.group("Tuesday lamp", tz="Europe/Bratislava")
    make.membership(amina, group, role=Membership.Role.FACILITATOR)
    return group


@pytest.fixture
def tuesdays(amina: Person, lamp: Group) -> Series:
    return schedule.create_series(
        by=amina,
        group=lamp,
        first_local=datetime(2026, 6, 9, 18, 0),
        rule=Rule.parse("FREQ=WEEKLY"),
        duration_minutes=60,
        now=make.FRIDAY,
    )
