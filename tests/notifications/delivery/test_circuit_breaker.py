from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from notifications.delivery import circuit_breaker
from notifications.delivery.dispatcher import RETRY_AFTER_DOWN, dispatch
from notifications.models import CircuitBreaker, Notice, Transport
from notifications.planning.planner import plan
from tests.support.reminders import NOW, reader, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings
    from time_machine import Traveller

    from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
HOUR_BEFORE = NOW + timedelta(hours=29)  # of a session in 30 hours


@pytest.fixture
def clock() -> Iterator[Traveller]:
    with time_machine.travel(HOUR_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def due_reminders(clock: Traveller) -> None:
    session(reader("amina"), reader("bo"), reader("dana"))
    plan(HOUR_BEFORE)


def fail(times: int, clock: Traveller) -> None:
    for _failure in range(times):
        dispatch(Transport.EMAIL)
        clock.shift(RETRY_AFTER_DOWN)


def test_a_transport_that_fails_three_times_in_a_row_is_left_alone(
    due_reminders: None, smtp_server: SmtpServer, clock: Traveller, settings: Settings
) -> None:
    settings.EMAIL_PORT, real = 1, smtp_server.port
    fail(circuit_breaker.FAILURE_THRESHOLD - 1, clock)
    dispatch(Transport.EMAIL)
    settings.EMAIL_PORT = real
    assert circuit_breaker.is_open(CircuitBreaker.objects.get())
    Notice.objects.update(next_try_at=HOUR_BEFORE)
    assert dispatch(Transport.EMAIL) == {}
    assert smtp_server.connections == 0


def test_one_message_tests_a_transport_that_was_down_and_the_rest_follow_it(
    due_reminders: None, smtp_server: SmtpServer, clock: Traveller, settings: Settings
) -> None:
    settings.EMAIL_PORT, real = 1, smtp_server.port
    fail(circuit_breaker.FAILURE_THRESHOLD, clock)
    settings.EMAIL_PORT = real
    clock.shift(circuit_breaker.OPEN_FOR[0])
    assert circuit_breaker.acquire(Transport.EMAIL, 50, HOUR_BEFORE + timedelta(hours=1)) == 1
    assert circuit_breaker.acquire(Transport.EMAIL, 50, HOUR_BEFORE + timedelta(hours=1)) == 0, (
        "one probe at a time"
    )
    clock.shift(timedelta(minutes=20))
    CircuitBreaker.objects.update(open_until=HOUR_BEFORE)
    assert dispatch(Transport.EMAIL) == {"done": 3}
    assert CircuitBreaker.objects.get().failures == 0


def test_each_further_failure_pauses_a_transport_for_longer_up_to_a_minute(
    clock: Traveller,
) -> None:
    shut = []
    for _failure in range(7):
        circuit_breaker.record_failure(Transport.EMAIL, NOW)
        shut.append((CircuitBreaker.objects.get().open_until - NOW).total_seconds())
    assert shut == [10, 10, 10, 30, 60, 60, 60]


def test_a_refused_address_does_not_count_against_the_transport(
    due_reminders: None, smtp_server: SmtpServer, clock: Traveller
) -> None:
    smtp_server.answers_to_recipient = ["550 no", "550 no", "550 no"]
    assert dispatch(Transport.EMAIL) == {"failed": 3}
    assert not CircuitBreaker.objects.filter(failures__gt=0).exists()


def test_a_transport_with_a_rate_sends_no_faster(
    due_reminders: None, smtp_server: SmtpServer, clock: Traveller, settings: Settings
) -> None:
    settings.RATES = {"email": 0.5}
    assert dispatch(Transport.EMAIL) == {"done": 1}
    clock.shift(timedelta(seconds=1))
    assert dispatch(Transport.EMAIL) == {}
    clock.shift(timedelta(seconds=1))
    assert dispatch(Transport.EMAIL) == {"done": 1}


@pytest.mark.usefixtures("clock")
def test_a_bucket_that_was_long_unused_holds_one_second_of_messages(settings: Settings) -> None:
    settings.RATES = {"email": 20.0}
    assert circuit_breaker.acquire(Transport.EMAIL, 50, NOW) == 20
    assert circuit_breaker.acquire(Transport.EMAIL, 50, NOW + timedelta(hours=1)) == 20
    assert circuit_breaker.acquire(Transport.EMAIL, 5, NOW + timedelta(hours=2)) == 5
    assert circuit_breaker.acquire(Transport.EMAIL, 50, NOW + timedelta(hours=2)) == 15


def test_a_clock_that_goes_back_neither_fills_nor_empties_a_bucket(settings: Settings) -> None:
    settings.RATES = {"email": 20.0}
    assert circuit_breaker.acquire(Transport.EMAIL, 20, NOW) == 20
    assert circuit_breaker.acquire(Transport.EMAIL, 20, NOW - timedelta(hours=2)) == 0
    assert (
        circuit_breaker.acquire(
            Transport.EMAIL, 20, NOW - timedelta(hours=2) + timedelta(seconds=1)
        )
        == 20
    )
