from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from notifications.delivery.dispatcher import dispatch
from notifications.models import Notice, Transport
from notifications.planning.planner import plan
from scheduler.actions.schedule import retime
from scheduler.models import Membership, Occurrence
from tests import make
from tests.support.reminders import LONG_AGO, parts, reader

if TYPE_CHECKING:
    from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
# 18:00 on 3 November in Vancouver, which keeps summer time since release 2026a: 2025b said 02:00.
STARTS_AT = datetime(2026, 11, 4, 1, 0, tzinfo=UTC)


@pytest.fixture
def derived_under_2025b() -> Occurrence:
    """Make a session of Bo's whose instants were derived under an older release of the tz database."""
    group = make.group("Harbour", tz="America/Vancouver")
    occurrence = make.occurrence(group, starts_at=STARTS_AT)
    local = occurrence.starts_local
    Occurrence.objects.update(
        starts_at=STARTS_AT + HOUR, ends_at=STARTS_AT + 2 * HOUR, tz_version="2025b"
    )
    assert local == datetime(2026, 11, 3, 18, 0)
    make.membership(reader("bo", leads=(60,)), group)
    Membership.objects.update(since=LONG_AGO)
    return occurrence


def tick(at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        plan(at)
        dispatch(Transport.EMAIL)


def test_a_release_that_comes_after_planning_drops_the_old_notice_and_sends_the_new_one_once(
    derived_under_2025b: Occurrence, smtp_server: SmtpServer
) -> None:
    planned_at = STARTS_AT - timedelta(hours=20)
    tick(planned_at)
    assert Notice.objects.waiting().filter(kind="reminder", lead_minutes=60).exists()
    retime(now=planned_at + timedelta(minutes=1))
    tick(planned_at + timedelta(minutes=2))
    for minutes in (-59, -30, 1):
        tick(STARTS_AT + timedelta(minutes=minutes))
    assert smtp_server.subjects == [
        "New time: Wednesday 02:00 (Copenhagen)",
        "Reminder: Wednesday 02:00 (Copenhagen)",
    ]
    assert "instead of Wednesday 4 November, 03:00" in parts(smtp_server.mails[0])[0]
    old = Notice.objects.filter(kind="reminder", version=0, lead_minutes=60)
    assert set(old.values_list("state", "reason")) == {("dropped", "moved")}


def test_a_release_between_claim_and_hand_over_stops_the_message(
    derived_under_2025b: Occurrence, smtp_server: SmtpServer
) -> None:
    due_at = STARTS_AT - timedelta(minutes=1)  # an hour before what 2025b said
    with time_machine.travel(due_at, tick=False):
        plan(due_at)
    retime(now=due_at)
    with time_machine.travel(due_at, tick=False):
        dispatch(Transport.EMAIL)
    assert smtp_server.mails == []
    assert not Notice.objects.filter(state="done").exists()
