from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from notifications.actions.address_verification import CODE_LIFETIME, CODES_PER_HOUR, MAX_TRIES
from notifications.actions.consent import withdraw
from notifications.actions.preferences import choose_reminders
from notifications.models import CircuitBreaker, Consent, Notice, ReminderChoice, Topic, Transport
from notifications.models.preferences import DEFAULT_LEADS
from notifications.planning.planner import plan
from tests import make
from tests.support.reminders import NOW, reader, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frozen() -> Iterator[time_machine.Traveller]:
    cache.clear()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def bo() -> Person:
    return make.person("bo")


@pytest.fixture
def browser(bo: Person) -> Client:
    client = Client()
    client.force_login(bo)
    return client


def ask(browser: Client, email: str = "bo@example.org") -> HttpResponse:
    return browser.post(reverse("give_address"), {"email": email})


def answer(browser: Client, code: str) -> HttpResponse:
    return browser.post(reverse("confirm_address"), {"code": code})


def code_in(smtp_server: SmtpServer) -> str:
    found = re.search(r"\d{6}", smtp_server.mails[-1].get_content())
    assert found
    return found[0]


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def test_an_address_is_kept_once_its_code_is_typed(
    bo: Person, browser: Client, smtp_server: SmtpServer
) -> None:
    assert ask(browser).status_code == 302
    bo.refresh_from_db()
    assert bo.email == ""
    assert (
        "We sent a code to <bdi>bo@example.org</bdi>"
        in browser.get(reverse("give_address")).content.decode()
    )
    answer(browser, code_in(smtp_server))
    bo.refresh_from_db()
    assert (bo.email, bo.can_be_mailed) == ("bo@example.org", True)
    assert set(Consent.objects.in_force().values_list("topic", "transport")) == {
        (topic, "email") for topic in Topic
    }
    assert ReminderChoice.objects.general().filter(person=bo).count() == len(DEFAULT_LEADS)


def test_another_address_keeps_what_was_switched_off(
    bo: Person, browser: Client, smtp_server: SmtpServer
) -> None:
    ask(browser)
    answer(browser, code_in(smtp_server))
    withdraw(person=bo, transport=Transport.EMAIL, topics=[Topic.SEATS], now=NOW)
    ask(browser, "other@example.org")
    answer(browser, code_in(smtp_server))
    assert not Consent.objects.in_force().filter(topic=Topic.SEATS).exists()


def test_spaces_and_dashes_in_a_code_do_no_harm(
    bo: Person, browser: Client, smtp_server: SmtpServer
) -> None:
    ask(browser)
    code = code_in(smtp_server)
    answer(browser, f" {code[:3]}-{code[3:]} ")
    bo.refresh_from_db()
    assert bo.can_be_mailed


def test_a_code_proves_nothing_in_another_browser(
    bo: Person, browser: Client, smtp_server: SmtpServer
) -> None:
    ask(browser)
    other = Client()
    other.force_login(bo)
    assert "no longer works" in answer(other, code_in(smtp_server)).content.decode()
    bo.refresh_from_db()
    assert not bo.can_be_mailed


def test_a_code_is_over_after_ten_minutes(
    bo: Person, browser: Client, smtp_server: SmtpServer, frozen: time_machine.Traveller
) -> None:
    ask(browser)
    frozen.shift(CODE_LIFETIME)
    assert "no longer works" in answer(browser, code_in(smtp_server)).content.decode()


def test_a_code_is_over_after_five_wrong_tries(
    bo: Person, browser: Client, smtp_server: SmtpServer
) -> None:
    ask(browser)
    code = code_in(smtp_server)
    for _ in range(MAX_TRIES):
        assert "not the code" in answer(browser, wrong(code)).content.decode()
    assert "no longer works" in answer(browser, code).content.decode()
    bo.refresh_from_db()
    assert not bo.can_be_mailed


def test_a_code_works_once(bo: Person, browser: Client, smtp_server: SmtpServer) -> None:
    ask(browser)
    answer(browser, code_in(smtp_server))
    assert "no longer works" in answer(browser, code_in(smtp_server)).content.decode()


def test_nobody_can_flood_a_strangers_mailbox(browser: Client, smtp_server: SmtpServer) -> None:
    for _ in range(CODES_PER_HOUR):
        assert ask(browser, "chen@example.org").status_code == 302
    assert "wait an hour" in ask(browser, "chen@example.org").content.decode()
    other = Client()
    other.force_login(make.person("dana"))
    assert "wait an hour" in ask(other, "Chen@Example.org").content.decode()
    assert len(smtp_server.mails) == CODES_PER_HOUR


@pytest.mark.parametrize("email", ["", "not an address", "a@b", "x" * 250 + "@example.org"])
def test_what_is_no_address_is_answered_with_a_sentence(email: str, browser: Client) -> None:
    assert 'aria-invalid="true"' in ask(browser, email).content.decode()


def test_a_mail_server_that_is_away_is_the_only_thing_said(
    browser: Client, smtp_server: SmtpServer, settings: pytest.FixtureRequest
) -> None:
    settings.EMAIL_PORT = 1
    for page in (ask(browser), browser.get(reverse("give_address"))):
        assert "We sent a code" not in page.content.decode()
        assert 'name="code"' not in page.content.decode()
    assert "in a few minutes" in ask(browser).content.decode()


def test_a_code_that_could_not_be_mailed_is_counted_for_the_operator(
    browser: Client, smtp_server: SmtpServer, settings: pytest.FixtureRequest
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    ask(browser)
    assert CircuitBreaker.objects.get(transport=Transport.EMAIL).failures == 1
    settings.EMAIL_PORT = port
    ask(browser)
    assert CircuitBreaker.objects.get(transport=Transport.EMAIL).failures == 0


def test_the_code_mail_says_nothing_of_us(browser: Client, smtp_server: SmtpServer) -> None:
    ask(browser)
    mail = smtp_server.mails[-1]
    texts = f"{mail['Subject']} {mail['From']} {mail.get_content()}".casefold()
    assert not re.search(r"commonhour|recover|group|session|support|opioid", texts)


def test_forgetting_an_address_stops_what_was_queued(browser: Client) -> None:
    amina = reader("amina")
    session(amina)
    plan(NOW)
    browser.force_login(amina)
    browser.post(reverse("forget_address"))
    amina.refresh_from_db()
    assert amina.email == ""
    assert set(Notice.objects.values_list("state", "reason")) == {("dropped", "withdrawn")}


@pytest.fixture
def stop_url() -> str:
    person = reader("amina")
    session(person)
    plan(NOW)
    return reverse("stop", args=[Consent.objects.get(topic="reminders").key])


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_opens_the_link_stops_nothing(method: str, stop_url: str) -> None:
    assert getattr(Client(), method)(stop_url).status_code == 200
    assert Consent.objects.in_force().exists()


def test_one_click_from_a_mail_program_stops_at_once_without_sign_in(stop_url: str) -> None:
    client = Client(enforce_csrf_checks=True)
    body = "List-Unsubscribe=One-Click"
    kind = "application/x-www-form-urlencoded"
    assert client.post(stop_url, body, content_type=kind).status_code == 200
    assert client.post(stop_url, body, content_type=kind).status_code == 200
    assert not Consent.objects.in_force().exists()
    assert set(Notice.objects.values_list("state", "reason")) == {("dropped", "withdrawn")}


def test_an_old_mails_link_stops_what_was_agreed_to_later(stop_url: str) -> None:
    Client().post(stop_url)
    amina = Person.objects.get(username="amina")
    choose_reminders(person=amina, transport=Transport.EMAIL, leads=[60], now=NOW)
    Client().post(stop_url)
    assert not Consent.objects.in_force().exists()


def test_the_page_can_stop_one_kind_alone(stop_url: str) -> None:
    Client().post(stop_url, {"only": "reminders"})
    assert list(Consent.objects.in_force().values_list("topic", flat=True)) == ["changes"]
    assert set(Notice.objects.values_list("state", "reason")) == {("dropped", "withdrawn")}


def test_the_button_on_the_page_does_the_same(stop_url: str) -> None:
    assert "<button" in Client().get(stop_url).content.decode()
    assert "Stopped" in Client().post(stop_url).content.decode()


def test_a_made_up_link_finds_nothing(client: Client) -> None:
    assert client.get(reverse("stop", args=["made-up"])).status_code == 404
    assert client.post(reverse("stop", args=["made-up"])).status_code == 404


@pytest.mark.parametrize(
    "name", ["notifications", "give_address", "confirm_address", "forget_address", "inbox"]
)
def test_the_pages_are_for_people_who_are_signed_in(name: str, client: Client) -> None:
    assert client.post(reverse(name)).status_code == 302
