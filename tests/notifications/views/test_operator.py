from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from notifications.delivery import circuit_breaker
from notifications.delivery.dispatcher import dispatch
from notifications.models import Notice, Transport
from notifications.planning.planner import plan
from tests import make
from tests.support.reminders import NOW, reader, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries, Settings

    from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
HOUR_BEFORE = NOW + timedelta(hours=29)  # of a session in 30 hours
TOKEN = "a token that the monitor knows, too"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(HOUR_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def operator() -> Client:
    person = make.person("olu")
    call_command("set_operator", "olu")
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def unconfirmed(smtp_server: SmtpServer) -> Notice:
    session(reader("bo", leads=(60,)))
    plan(HOUR_BEFORE)
    smtp_server.drops_after_data = 1
    dispatch(Transport.EMAIL)
    return Notice.objects.get(transport=Transport.EMAIL)


def page(client: Client) -> str:
    return client.get(reverse("message_delivery")).content.decode()


def ask(client: Client, token: str = TOKEN) -> HttpResponse:
    return client.get(reverse("metrics"), headers={"Authorization": f"Bearer {token}"})


def test_the_operator_sees_what_waits_and_for_how_long(
    operator: Client, clock: time_machine.Traveller
) -> None:
    session(reader("bo", leads=(60,)))
    plan(NOW)
    due = Notice.objects.get(transport=Transport.EMAIL).due_at
    clock.move_to(due + timedelta(seconds=75))
    assert "75 s" in page(operator)


def test_the_operator_sees_what_became_of_messages_and_nobodys_name(
    operator: Client, smtp_server: SmtpServer
) -> None:
    session(reader("bo", leads=(60,)), reader("dana", leads=(60,)))
    plan(HOUR_BEFORE)
    smtp_server.answers_to_recipient = ["550 no such user"]
    dispatch(Transport.EMAIL)
    shown = page(operator)
    assert "Accepted" in shown
    assert "The address was refused" in shown
    for metrics in ("bo@example.org", "dana", "Tuesday lamp", "Harbour House"):
        assert metrics not in shown


def test_an_open_breaker_shows_when_it_is_tried_again(operator: Client) -> None:
    for _failure in range(circuit_breaker.FAILURE_THRESHOLD):
        circuit_breaker.record_failure(Transport.EMAIL, HOUR_BEFORE)
    assert "Paused" in page(operator)
    assert "19:00:10" in page(operator)


def test_a_single_failure_shows_that_mail_is_failing(operator: Client) -> None:
    assert "attempt failed" not in page(operator)
    circuit_breaker.record_failure(Transport.EMAIL, HOUR_BEFORE)
    assert "E-mail: the last attempt failed." in page(operator)
    assert "Failing" in page(operator)
    circuit_breaker.record_success(Transport.EMAIL)
    assert "Failing" not in page(operator)


def test_what_is_not_configured_is_not_called_ok(operator: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.GATEWAYS = {}
    shown = page(operator)
    assert shown.count("Not configured") == 3  # e-mail, text messages, a service of one's own
    assert "Set EMAIL_URL" in shown
    settings.GATEWAYS = {"sms": "https://gateway.example/send"}
    assert page(operator).count("Not configured") == 2


@pytest.mark.parametrize(
    ("given", "is_said"),
    [
        ({"TURN_URLS": [], "JANUS_URL": "", "DIRECT_CALLS": False}, True),
        ({"TURN_URLS": ["turn:turn.example"], "JANUS_URL": "", "DIRECT_CALLS": False}, False),
        ({"TURN_URLS": [], "JANUS_URL": "", "DIRECT_CALLS": True}, False),
    ],
)
def test_rooms_without_voice_are_said_to_be_so(
    given: dict[str, object], is_said: bool, operator: Client, settings: Settings
) -> None:
    for name, value in given.items():
        setattr(settings, name, value)
    assert ("Rooms are text only" in page(operator)) is is_said


@pytest.mark.parametrize(("button", "state"), [("arrived", "done"), ("again", "planned")])
def test_an_unconfirmed_message_is_settled_with_a_button(
    button: str, state: str, operator: Client, unconfirmed: Notice
) -> None:
    assert str(unconfirmed.message_key) in page(operator)
    address = reverse("settle_unconfirmed", args=[unconfirmed.message_key])
    assert (
        "settled already" not in operator.post(address, {button: ""}, follow=True).content.decode()
    )
    unconfirmed.refresh_from_db()
    assert unconfirmed.state == state
    assert "settled already" in operator.post(address, {button: ""}, follow=True).content.decode()
    assert "Nothing is unconfirmed" in page(operator)


def test_to_everybody_else_the_page_looks_missing(unconfirmed: Notice) -> None:
    chen = Client()
    chen.force_login(make.person("chen"))
    settle = reverse("settle_unconfirmed", args=[unconfirmed.message_key])
    for client, expected in ((chen, 404), (Client(), 302)):
        assert client.get(reverse("message_delivery")).status_code == expected
        assert client.post(settle, {"arrived": ""}).status_code == expected
    unconfirmed.refresh_from_db()
    assert unconfirmed.state == "unconfirmed"


def test_looking_settles_nothing(operator: Client, unconfirmed: Notice) -> None:
    assert operator.get(reverse("settle_unconfirmed", args=[uuid4()])).status_code == 405


def test_more_unconfirmed_messages_take_no_more_queries(
    operator: Client, unconfirmed: Notice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(10):
        page(operator)
    for username in ("dana", "edda"):
        session(reader(username, leads=(60,)))
    plan(HOUR_BEFORE)
    for notice in Notice.objects.filter(transport=Transport.EMAIL, state="planned"):
        Notice.objects.filter(pk=notice.pk).update(
            state="unconfirmed", message_key=uuid4(), unconfirmed_at=NOW
        )
    with django_assert_num_queries(10):
        page(operator)


def test_an_operator_is_named_on_the_machine_and_can_be_ended(operator: Client) -> None:
    assert operator.get(reverse("message_delivery")).status_code == 200
    call_command("set_operator", "olu", "--end")
    assert operator.get(reverse("message_delivery")).status_code == 404
    with pytest.raises(CommandError, match="Sign up first"):
        call_command("set_operator", "nobody")
    assert not Person.objects.filter(is_operator=True).exists()


def test_a_monitor_reads_the_same_figures(
    client: Client, unconfirmed: Notice, settings: Settings
) -> None:
    settings.METRICS_TOKEN = TOKEN
    metrics = ask(client).content.decode()
    assert 'commonhour_notices_unconfirmed{transport="email"} 1.0' in metrics
    assert 'commonhour_notices_lag_seconds{transport="email"} 0.0' in metrics
    assert 'commonhour_notices_transport_paused{transport="push"} 0.0' in metrics
    assert "commonhour_tick_age_seconds 0.0" in metrics


def test_without_the_token_there_are_no_metrics(client: Client, settings: Settings) -> None:
    assert ask(client, "").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert ask(client, "guess").status_code == 404
    assert client.get(reverse("metrics")).status_code == 404
    assert client.post(reverse("metrics")).status_code == 405
