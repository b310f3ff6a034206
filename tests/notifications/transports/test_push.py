from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from notifications.actions import devices, push_subscriptions
from notifications.actions.preferences import choose_leads
from notifications.delivery.dispatcher import dispatch
from notifications.delivery.unconfirmed import resolve
from notifications.models import Consent, Device, Notice, Transport
from notifications.planning.planner import plan
from notifications.transports import vapid
from tests import make
from tests.support.push_service import Browser, PushService, push_service
from tests.support.reminders import LONG_AGO, NOW, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

    from accounts.models import Person
    from scheduler.models import Occurrence

pytestmark = pytest.mark.django_db
HOUR_BEFORE = NOW + timedelta(hours=29)  # of a session in 30 hours


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    with push_service() as opened:
        settings.PUSH_SERVICES = (opened.origin,)
        yield opened


@pytest.fixture
def bo() -> Person:
    person = make.person("bo")
    choose_leads(person=person, leads=[60], now=LONG_AGO)
    return person


def on(service: PushService, person: Person, name: str = "phone") -> Device:
    subscription = service.browser(name).subscription(service.origin)
    return devices.add_device(person=person, label=name, now=LONG_AGO, **subscription)


@pytest.fixture
def occurrence(bo: Person, service: PushService) -> Iterator[Occurrence]:
    on(service, bo)
    made = session(bo)
    with time_machine.travel(HOUR_BEFORE, tick=False):
        plan(HOUR_BEFORE)
        yield made


def test_a_device_shows_when_and_where_to_go_and_nothing_else(
    occurrence: Occurrence, service: PushService
) -> None:
    assert dispatch(Transport.PUSH) == {"done": 1}
    (pushed,) = service.pushed
    assert pushed.words["title"] == "Notification"
    assert pushed.words["body"].startswith("Reminder: Saturday")
    assert pushed.words["url"].endswith(reverse("join_session", args=[occurrence.key]))
    assert set(pushed.words) == {"title", "body", "language", "tag", "url"}


def test_the_service_learns_how_long_and_how_urgent_and_who_sends(
    occurrence: Occurrence, service: PushService
) -> None:
    dispatch(Transport.PUSH)
    (pushed,) = service.pushed
    assert int(pushed.headers["ttl"]) == 3600
    assert pushed.headers["urgency"] == "high"
    assert len(pushed.headers["topic"]) == 32
    assert pushed.claims["aud"] == service.origin
    assert pushed.claims["sub"].startswith("http")


def test_every_message_is_as_long_as_any_other(bo: Person, service: PushService) -> None:
    on(service, bo)
    session(bo)
    session(bo, starts_in=timedelta(hours=30, minutes=10))
    with time_machine.travel(HOUR_BEFORE + timedelta(minutes=15), tick=False):
        plan(NOW)
        dispatch(Transport.PUSH)
    assert len({pushed.size for pushed in service.pushed}) == 1
    assert len(service.pushed) == 2


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten_and_the_last_one_takes_the_consent_with_it(
    status: int, occurrence: Occurrence, service: PushService
) -> None:
    service.answers["phone"] = status
    assert dispatch(Transport.PUSH) == {"failed": 1}
    assert not Device.objects.exists()
    assert not Consent.objects.in_force().filter(transport=Transport.PUSH).exists()


def test_one_device_that_is_gone_does_not_keep_another_from_its_notice(
    occurrence: Occurrence, bo: Person, service: PushService
) -> None:
    on(service, bo, "laptop")
    service.answers["phone"] = 410
    assert dispatch(Transport.PUSH) == {"done": 1}
    assert [device.label for device in Device.objects.all()] == ["laptop"]
    assert Consent.objects.in_force().filter(transport=Transport.PUSH).exists()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_service_that_is_busy_is_asked_again_a_little_later(
    status: int, occurrence: Occurrence, service: PushService
) -> None:
    service.answers["phone"] = status
    assert dispatch(Transport.PUSH) == {"planned": 1}
    service.answers.clear()
    with time_machine.travel(HOUR_BEFORE + timedelta(seconds=12), tick=False):
        assert dispatch(Transport.PUSH) == {"done": 1}


def test_a_service_that_is_away_delays_its_own_devices_only(
    bo: Person, service: PushService, settings: Settings
) -> None:
    nobody = "http://127.0.0.1:1"
    settings.PUSH_SERVICES = (service.origin, nobody)
    on(service, bo)
    people = [make.person("dana"), make.person("edda")]
    for person in people:
        choose_leads(person=person, leads=[60], now=LONG_AGO)
        there = Browser(person.username).subscription(nobody)
        devices.add_device(person=person, label="phone", now=LONG_AGO, **there)
    session(bo, *people)
    plan(HOUR_BEFORE)
    with time_machine.travel(HOUR_BEFORE, tick=False):
        assert dispatch(Transport.PUSH) == {"done": 1, "planned": 2}


def test_a_redirect_is_not_followed(occurrence: Occurrence, service: PushService) -> None:
    service.answers["phone"] = 307
    assert dispatch(Transport.PUSH)["done"] == 0


def test_an_unconfirmed_message_is_settled_by_a_copy_that_replaces_the_first(
    occurrence: Occurrence, service: PushService
) -> None:
    dispatch(Transport.PUSH)
    Notice.objects.filter(transport=Transport.PUSH).update(state="unconfirmed")
    resolve(Transport.PUSH, HOUR_BEFORE)
    dispatch(Transport.PUSH)
    first, second = service.pushed
    assert first.headers["topic"] == second.headers["topic"]
    assert first.words["tag"] == second.words["tag"]


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
    ],
)
def test_the_services_of_browsers_are_known(endpoint: str) -> None:
    assert push_subscriptions.is_push_service(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://127.0.0.1/abc",
        "https://[::1]/abc",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/abc",
        "https://evilfcm.googleapis.com.example.org/abc",
        "https://notfcm.googleapis.com/abc",
        "https://fcm.googleapis.com@10.0.0.1/abc",
        "https://fcm.googleapis.com:8443/abc",
        "https://fcm.googleapis.com:99999/abc",
        "file:///etc/passwd",
    ],
)
def test_no_browser_makes_this_server_call_an_address_of_its_choice(endpoint: str) -> None:
    assert not push_subscriptions.is_push_service(endpoint)


@pytest.fixture
def browser(bo: Person) -> Client:
    client = Client()
    client.force_login(bo)
    return client


def test_a_device_is_added_and_taken_away_by_its_owner(
    bo: Person, browser: Client, service: PushService
) -> None:
    subscription = service.browser("phone").subscription(service.origin)
    browser.post(reverse("add_device"), subscription | {"label": "My phone"})
    assert "My phone" in browser.get(reverse("devices")).content.decode()
    assert Consent.objects.in_force().filter(person=bo, transport=Transport.PUSH).exists()
    device = Device.objects.get()
    chen = Client()
    chen.force_login(make.person("chen"))
    chen.post(reverse("remove_device", args=[device.key]))
    assert Device.objects.exists()
    browser.post(reverse("remove_device", args=[device.key]))
    assert not Device.objects.exists()
    assert not Consent.objects.in_force().filter(transport=Transport.PUSH).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://127.0.0.1/abc"},
        {"agreement_key": "AAAA"},
        {"agreement_key": "not base64 at all"},
        {"auth_secret": "AAAA"},
    ],
)
def test_what_no_browser_would_say_is_answered_with_a_sentence(
    wrong: dict[str, str], browser: Client, service: PushService
) -> None:
    subscription = service.browser("phone").subscription(service.origin)
    answer = browser.post(reverse("add_device"), subscription | {"label": "x"} | wrong, follow=True)
    assert "do not know" in answer.content.decode()
    assert not Device.objects.exists()


def test_the_same_browser_is_the_same_device_for_any_account(
    bo: Person, service: PushService
) -> None:
    amina = make.person("amina")
    on(service, bo)
    on(service, amina)
    assert [device.person for device in Device.objects.all()] == [amina]


def test_nobody_collects_devices(bo: Person, service: PushService) -> None:
    for number in range(devices.MAX_DEVICES):
        on(service, bo, f"phone{number}")
    with pytest.raises(devices.TooManyDevices):
        on(service, bo, "one more")


def test_two_devices_of_one_name_can_be_told_apart(bo: Person, service: PushService) -> None:
    for name in ("a", "b"):
        subscription = service.browser(name).subscription(service.origin)
        devices.add_device(person=bo, label="My phone", now=NOW, **subscription)
    assert set(Device.objects.values_list("label", flat=True)) == {"My phone", "My phone 2"}


def test_the_worker_serves_the_whole_site_and_keeps_nothing(client: Client) -> None:
    answer = client.get(reverse("service_worker"))
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    script = answer.content.decode()
    assert "fetch" not in script
    assert "caches" not in script


def test_the_key_is_the_same_in_every_process_and_another_with_another_secret(
    settings: Settings,
) -> None:
    first = vapid.public_key()
    vapid.signing_key.cache_clear()
    assert vapid.public_key() == first
    settings.SECRET_KEY = "another" * 10
    vapid.signing_key.cache_clear()
    assert vapid.public_key() != first
    vapid.signing_key.cache_clear()
