from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from notifications.actions.contacts import confirm_contact
from notifications.actions.preferences import choose_leads
from notifications.content.gsm7 import fits_one_message, plain
from notifications.delivery.dispatcher import dispatch
from notifications.delivery.unconfirmed import resolve
from notifications.models import Consent, Contact, Notice, Transport
from notifications.planning.planner import plan
from tests import make
from tests.support.reminders import LONG_AGO, NOW, REVEALING, session
from tests.support.sms_gateway import SECRET, Gateway, gateway, signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from pytest_django import Settings

    from accounts.models import Person

pytestmark = pytest.mark.django_db
HOUR_BEFORE = NOW + timedelta(hours=29)  # of a session in 30 hours
NUMBER = "+4520123456"


@pytest.fixture
def sms(settings: Settings) -> Iterator[Gateway]:
    cache.clear()
    with gateway() as opened:
        settings.GATEWAYS = {"sms": opened.url}
        settings.GATEWAY_SECRET = SECRET
        yield opened


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(HOUR_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def bo() -> Person:
    person = make.person("bo")
    choose_leads(person=person, leads=[60], now=LONG_AGO)
    return person


@pytest.fixture
def due_reminders(bo: Person, sms: Gateway, clock: time_machine.Traveller) -> None:
    confirm_contact(person=bo, transport=Transport.SMS, address=NUMBER, now=LONG_AGO)
    session(bo)
    plan(HOUR_BEFORE)


def state() -> tuple[str, str]:
    return Notice.objects.values_list("state", "reason").get(transport=Transport.SMS)


def test_a_text_message_says_when_and_where_to_go_in_one_message(
    due_reminders: None, sms: Gateway
) -> None:
    assert dispatch(Transport.SMS) == {"done": 1}
    (message,) = sms.accepted.values()
    assert message["to"] == NUMBER
    assert message["text"].startswith("Reminder: Saturday")
    assert message["text"].endswith("Reply STOP to end.")
    assert fits_one_message(message["text"])
    assert not re.search("|".join(REVEALING["en"].split()), message["text"].casefold())


def test_an_answer_that_never_came_is_asked_for_and_nothing_goes_twice(
    due_reminders: None, sms: Gateway
) -> None:
    sms.drops_after_accepting = 1
    assert dispatch(Transport.SMS) == {"unconfirmed": 1}
    resolve(Transport.SMS, HOUR_BEFORE)
    assert state() == ("done", "")
    assert (len(sms.accepted), sms.copies) == (1, 0)


def test_what_a_failing_gateway_did_not_take_is_sent_again(
    due_reminders: None, sms: Gateway
) -> None:
    sms.answers = [500]
    assert dispatch(Transport.SMS) == {"unconfirmed": 1}
    resolve(Transport.SMS, HOUR_BEFORE)
    assert dispatch(Transport.SMS) == {"done": 1}
    assert (len(sms.accepted), sms.copies) == (1, 0)


def test_a_gateway_that_failed_after_taking_is_believed_to_have_taken(
    due_reminders: None, sms: Gateway
) -> None:
    sms.answers_after_accepting = [502]
    assert dispatch(Transport.SMS) == {"unconfirmed": 1}
    resolve(Transport.SMS, HOUR_BEFORE)
    assert state() == ("done", "")


def test_a_gateway_that_is_away_while_it_is_asked_leaves_it_unconfirmed(
    due_reminders: None, sms: Gateway, settings: Settings
) -> None:
    sms.drops_after_accepting = 1
    dispatch(Transport.SMS)
    settings.GATEWAYS = {"sms": "http://127.0.0.1:1/send"}
    resolve(Transport.SMS, HOUR_BEFORE)
    assert state() == ("unconfirmed", "")


@pytest.mark.parametrize("status", [401, 402, 429, 503])
def test_what_is_the_operators_matter_pauses_the_transport_and_fails_nobody(
    status: int, due_reminders: None, sms: Gateway
) -> None:
    sms.answers = [status]
    assert dispatch(Transport.SMS) == {"planned": 1}
    assert Notice.objects.get(transport=Transport.SMS).attempts == 0


def test_a_number_that_is_not_there_is_marked_and_gets_no_more(
    due_reminders: None, sms: Gateway, bo: Person
) -> None:
    sms.answers = [404]
    assert dispatch(Transport.SMS) == {"failed": 1}
    assert Contact.objects.get().broken_at == HOUR_BEFORE
    assert not Consent.objects.in_force().filter(person=bo, transport=Transport.SMS).exists()


def test_a_message_that_is_refused_fails_alone(due_reminders: None, sms: Gateway) -> None:
    sms.answers = [400]
    assert dispatch(Transport.SMS) == {"failed": 1}
    assert Contact.objects.get().broken_at is None


def report(
    payload: dict[str, str], *, at: datetime = HOUR_BEFORE, forged: bool = False
) -> HttpResponse:
    body, moment = json.dumps(payload).encode(), str(int(at.timestamp()))
    headers = {
        "Commonhour-Timestamp": moment,
        "Commonhour-Signature": "v1=" + "0" * 64 if forged else signature(moment, body),
    }
    return Client(enforce_csrf_checks=True).post(
        reverse("gateway_webhook"), body, content_type="application/json", headers=headers
    )


@pytest.mark.parametrize("text", ["STOP", "stop", " Stop. ", "Stop please", "UNSUBSCRIBE", "Arrêt"])
def test_stop_ends_text_messages_at_once(text: str, due_reminders: None, bo: Person) -> None:
    assert report({"transport": "sms", "from": NUMBER, "text": text}).status_code == 204
    assert state() == ("dropped", "withdrawn")
    assert not Consent.objects.in_force().filter(person=bo, transport=Transport.SMS).exists()


@pytest.mark.parametrize("text", ["", "I will be late, do not stop", "thanks"])
def test_other_words_change_nothing(text: str, due_reminders: None) -> None:
    assert report({"transport": "sms", "from": NUMBER, "text": text}).status_code == 204
    assert state() == ("planned", "")


def test_stop_from_another_number_stops_nobody_else(due_reminders: None) -> None:
    report({"transport": "sms", "from": "+4520999999", "text": "STOP"})
    assert state() == ("planned", "")


def test_who_cannot_sign_finds_nothing(due_reminders: None) -> None:
    payload = {"transport": "sms", "from": NUMBER, "text": "STOP"}
    assert report(payload, forged=True).status_code == 404
    assert report(payload, at=HOUR_BEFORE - timedelta(minutes=6)).status_code == 404
    assert Client().post(reverse("gateway_webhook")).status_code == 404
    assert state() == ("planned", "")


def test_an_installation_without_a_secret_believes_nobody(
    due_reminders: None, settings: Settings
) -> None:
    settings.GATEWAY_SECRET = ""
    assert report({"transport": "sms", "from": NUMBER, "text": "STOP"}).status_code == 404


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"transport": "pigeon"},
        {"transport": "sms"},
        {"transport": "sms", "key": "x", "state": "undeliverable"},
    ],
)
def test_what_makes_no_sense_is_answered_with_what_would(
    payload: dict[str, str], due_reminders: None
) -> None:
    assert report(payload).status_code == 400


def test_a_report_that_a_message_never_arrived_marks_the_number(
    due_reminders: None, sms: Gateway
) -> None:
    dispatch(Transport.SMS)
    (key,) = sms.accepted
    assert report({"transport": "sms", "key": key, "state": "undeliverable"}).status_code == 204
    assert Contact.objects.get().broken_at == HOUR_BEFORE


@pytest.fixture
def browser(bo: Person, sms: Gateway, clock: time_machine.Traveller) -> Client:
    client = Client()
    client.force_login(bo)
    return client


def test_a_number_is_kept_once_its_code_is_typed(bo: Person, browser: Client, sms: Gateway) -> None:
    browser.post(reverse("give_contact", args=["sms"]), {"sms-address": "0045 20 12-34-56"})
    (message,) = sms.accepted.values()
    assert message["to"] == NUMBER
    assert not Contact.objects.exists()
    assert NUMBER in browser.get(reverse("give_contact", args=["sms"])).content.decode()
    code = re.search(r"\d{6}", message["text"])
    assert code
    browser.post(reverse("confirm_contact", args=["sms"]), {"code": code[0]})
    assert Contact.objects.get().address == NUMBER
    assert Consent.objects.in_force().filter(person=bo, transport=Transport.SMS).exists()


def test_a_wrong_code_proves_nothing(browser: Client, sms: Gateway) -> None:
    browser.post(reverse("give_contact", args=["sms"]), {"sms-address": NUMBER})
    answer = browser.post(reverse("confirm_contact", args=["sms"]), {"code": "12"})
    assert "not the code" in answer.content.decode()
    assert not Contact.objects.exists()


@pytest.mark.parametrize("typed", ["", "20123456", "+45", "+45 call me", "+0123456789", "1" * 81])
def test_what_is_no_number_is_answered_with_a_sentence(typed: str, browser: Client) -> None:
    answer = browser.post(reverse("give_contact", args=["sms"]), {"sms-address": typed})
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_gateway_that_is_away_is_shown_as_such(browser: Client, settings: Settings) -> None:
    settings.GATEWAYS = {"sms": "http://127.0.0.1:1/send"}
    answer = browser.post(reverse("give_contact", args=["sms"]), {"sms-address": NUMBER})
    assert "in a few minutes" in answer.content.decode()


def test_a_broken_number_is_shown_kindly_and_can_be_given_again(
    bo: Person, browser: Client, sms: Gateway
) -> None:
    confirm_contact(person=bo, transport=Transport.SMS, address=NUMBER, now=LONG_AGO)
    Contact.objects.update(broken_at=NOW)
    assert "did not arrive" in browser.get(reverse("notifications")).content.decode()
    confirm_contact(person=bo, transport=Transport.SMS, address=NUMBER, now=NOW)
    assert "did not arrive" not in browser.get(reverse("notifications")).content.decode()


def test_forgetting_a_number_stops_what_was_queued(due_reminders: None, browser: Client) -> None:
    browser.post(reverse("forget_contact", args=["sms"]))
    assert state() == ("dropped", "withdrawn")
    assert not Contact.objects.exists()


@pytest.mark.parametrize("name", ["give_contact", "confirm_contact", "forget_contact"])
def test_a_transport_that_the_operator_does_not_offer_is_not_there(
    name: str, browser: Client, client: Client
) -> None:
    assert browser.post(reverse(name, args=["webhook"])).status_code == 404
    assert client.post(reverse(name, args=["sms"])).status_code == 302


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a" * 160, True),
        ("a" * 161, False),
        ("€" * 80, True),
        ("€" * 81, False),
        ("я" * 70, True),
        ("я" * 71, False),
        ("a" * 69 + "я", True),
        ("a" * 70 + "я", False),
        ("😀" * 35, True),
        ("😀" * 36, False),
    ],
)
def test_letters_are_counted_as_telephones_count_them(text: str, fits: bool) -> None:
    assert fits_one_message(text) is fits


def test_typographers_characters_do_not_halve_a_message() -> None:
    assert plain("“it’s 18:00–19:00…”") == '"it\'s 18:00-19:00..."'
