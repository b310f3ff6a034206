from __future__ import annotations

from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from notifications.delivery import workers
from notifications.models import Notice
from notifications.planning.planner import plan
from tests.support.reminders import reader, session

if TYPE_CHECKING:
    from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def due_reminders() -> None:
    """Plan reminders that are due by the real clock: other threads do not see the test's."""
    made = session(reader("amina"), reader("bo"))
    starts_at = timezone.now() + timedelta(minutes=30)
    made.starts_at, made.ends_at = starts_at, starts_at + timedelta(hours=1)
    made.save()
    plan(timezone.now())


def test_one_run_hands_over_what_is_due_and_ends(
    due_reminders: None, smtp_server: SmtpServer
) -> None:
    workers.deliver_due(20)
    assert sorted(smtp_server.recipients) == ["amina@example.org", "bo@example.org"]


def test_the_workers_run_until_they_are_stopped(
    due_reminders: None, smtp_server: SmtpServer
) -> None:
    stopping = Event()
    with workers.running_workers(stopping):
        while Notice.objects.filter(state="done").count() < 2:
            stopping.wait(0.05)
    assert stopping.is_set()


def test_a_worker_goes_on_after_an_unexpected_error(
    due_reminders: None,
    smtp_server: SmtpServer,
    caplog: pytest.LogCaptureFixture,
    settings: pytest.FixtureRequest,
) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"
    workers.deliver_due(0.3)
    assert "unexpected" in caplog.text
    settings.EMAIL_BACKEND = "notifications.transports.smtp.Connection"
    Notice.objects.update(state="planned")
    workers.deliver_due(20)
    assert len(smtp_server.mails) == 2
