"""What is forgotten, when, and what stays instead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.actions.purge import purge
from sessions.models import Attendance, AttendanceCount
from tests.support.ws_client import LiveSession, make_live_session

pytestmark = pytest.mark.django_db


def came(live_session: LiveSession, *names: str) -> None:
    for name in names:
        Attendance.objects.create(
            occurrence=live_session.occurrence,
            membership=live_session.members[name],
            joined_at=live_session.occurrence.starts_at,
            left_at=live_session.occurrence.ends_at,
        )


def test_after_ninety_days_only_the_number_of_people_is_known() -> None:
    live_session = make_live_session()
    came(live_session, "amina", "bo", "bo")
    over = live_session.occurrence.ends_at + timedelta(days=90)
    purge(now=over)
    assert Attendance.objects.count() == 3
    purge(now=over + timedelta(seconds=1))
    assert not Attendance.objects.exists()
    assert AttendanceCount.objects.get().people == 2


def test_a_session_to_which_nobody_came_is_not_counted() -> None:
    make_live_session()
    purge(now=timezone.now() + timedelta(days=200))
    assert not AttendanceCount.objects.exists()
