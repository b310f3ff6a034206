"""What is forgotten, when, and what stays instead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.actions.purge import forget
from sessions.models import Attendance, AttendanceCount
from tests.support.ws_client import Evening, an_evening

pytestmark = pytest.mark.django_db


def came(evening: Evening, *names: str) -> None:
    for name in names:
        Attendance.objects.create(
            occurrence=evening.occurrence,
            membership=evening.members[name],
            joined_at=evening.occurrence.starts_at,
            left_at=evening.occurrence.ends_at,
        )


def test_after_ninety_days_only_the_number_of_people_is_known() -> None:
    evening = an_evening()
    came(evening, "amina", "bo", "bo")
    over = evening.occurrence.ends_at + timedelta(days=90)
    forget(now=over)
    assert Attendance.objects.count() == 3
    forget(now=over + timedelta(seconds=1))
    assert not Attendance.objects.exists()
    assert AttendanceCount.objects.get().people == 2


def test_a_session_to_which_nobody_came_is_not_counted() -> None:
    an_evening()
    forget(now=timezone.now() + timedelta(days=200))
    assert not AttendanceCount.objects.exists()
