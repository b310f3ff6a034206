from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from notifications.models import Consent, Notice, Preferences, Topic, Transport
from notifications.planning.planner import plan
from scheduler.models import Membership
from tests import make
from tests.support.reminders import NOW, reader, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

pytestmark = pytest.mark.django_db
EVERYTHING_OFF = {"detail": "neutral", "leads": [1440, 60]}


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bo() -> Person:
    return make.person("bo", email="bo@example.org")


@pytest.fixture
def browser(bo: Person) -> Client:
    client = Client()
    client.force_login(bo)
    return client


def choose(browser: Client, **given: Any) -> HttpResponse:
    return browser.post(reverse("reminders"), EVERYTHING_OFF | given)


def in_force() -> set[tuple[str, str]]:
    return set(Consent.objects.in_force().values_list("topic", "transport"))


def test_nothing_is_agreed_to_before_it_is_ticked(browser: Client) -> None:
    page = browser.get(reverse("reminders")).content.decode()
    ticked = [line for line in page.splitlines() if "checked" in line]
    assert len(ticked) == 4  # two moments, to be woken, the neutral wording
    assert not any("transports_" in line for line in ticked)
    choose(browser)
    assert in_force() == set()


def test_each_topic_is_agreed_to_by_itself_with_its_wording_and_moment(
    bo: Person, browser: Client
) -> None:
    choose(browser, transports_reminders=["email", "inbox"], transports_seats=["email"])
    assert in_force() == {("reminders", "email"), ("reminders", "inbox"), ("seats", "email")}
    consent = Consent.objects.get(topic="seats")
    assert (consent.person, consent.granted_at, bool(consent.wording_version)) == (bo, NOW, True)


def test_a_tick_that_is_gone_withdraws_that_topic_alone(browser: Client) -> None:
    choose(browser, transports_reminders=["email"], transports_seats=["email"])
    choose(browser, transports_seats=["email"])
    assert in_force() == {("seats", "email")}
    assert Consent.objects.get(topic="reminders").withdrawn_at == NOW


def test_one_button_says_yes_to_all_of_it(browser: Client) -> None:
    assert "Yes to all of it" in browser.get(reverse("reminders")).content.decode()
    choose(browser, everything="1")
    assert in_force() == {(topic.value, "email") for topic in Topic}
    assert "Yes to all of it" not in browser.get(reverse("reminders")).content.decode()


def test_who_gave_no_address_is_offered_the_inbox_alone(bo: Person, browser: Client) -> None:
    Person.objects.filter(pk=bo.pk).update(email="", email_verified_at=None)
    page = browser.get(reverse("reminders")).content.decode()
    assert 'name="transports_reminders" value="inbox"' in page
    assert 'value="email"' not in page
    choose(browser, transports_reminders=["email"])
    assert in_force() == set()


def test_saving_leaves_what_waits_for_the_inbox_alone(bo: Person, browser: Client) -> None:
    occurrence = session(bo)
    Notice.objects.create(
        person=bo, occurrence=occurrence, kind="moved", transport=Transport.INBOX, version=0,
        is_urgent=True, due_at=NOW, next_try_at=NOW, expires_at=occurrence.starts_at,
    )  # fmt: skip
    choose(browser)
    assert Notice.objects.get().state == "planned"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"leads": [], "transports_reminders": ["email"]}, "at least one"),
        ({"leads": [5, 15, 60, 1440]}, "At most three"),
        ({"leads": [7]}, "from the list"),
        ({"quiet_from": "22:00"}, "Give both times"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "are the same"),
        ({"detail": "all of it"}, "not one of the available choices"),
        ({"transports_reminders": ["pigeon"]}, "not one of the available choices"),
    ],
)
def test_a_choice_that_makes_no_sense_is_answered_with_a_sentence(
    given: dict[str, Any], sentence: str, browser: Client
) -> None:
    assert sentence in choose(browser, **given).content.decode()
    assert not Consent.objects.exists()
    assert not Preferences.objects.exists()


def test_quiet_hours_and_manner_are_kept_and_shown_again(bo: Person, browser: Client) -> None:
    choose(browser, quiet_from="22:30", quiet_until="07:00", detail="own_name")
    kept = Preferences.objects.get(person=bo)
    assert (kept.quiet_from, kept.quiet_until, kept.allows_urgent) == (22 * 60 + 30, 7 * 60, False)
    page = browser.get(reverse("reminders")).content.decode()
    assert 'value="22:30"' in page
    assert 'value="own_name" required' in page


def test_a_locked_screen_is_shown_as_it_would_be(bo: Person, browser: Client) -> None:
    membership = make.membership(bo, make.group("Tuesday lamp"))
    Membership.objects.filter(pk=membership.pk).update(own_name="Choir")
    page = browser.get(reverse("reminders")).content.decode()
    for sample in ("", "Choir, ", "Tuesday lamp, "):
        assert f"<bdi>Reminder: {sample}Saturday 14:00 (Copenhagen)</bdi>" in page


def test_a_group_can_have_moments_of_its_own_or_none(bo: Person, browser: Client) -> None:
    reader_choice = {"transports_reminders": ["email"], "leads": [60]}
    choose(browser, **reader_choice)
    lamp, other = session(bo), session(bo)
    url = reverse("group_reminders", args=[lamp.group.key])
    browser.post(url, {"follows": "no", "leads": [15, 5], "own_name": " Choir "})
    plan(NOW)
    assert planned(lamp.pk) == [15, 5]
    assert planned(other.pk) == [60]
    assert Membership.objects.get(group=lamp.group).own_name == "Choir"
    browser.post(url, {"follows": "no"})
    assert planned(lamp.pk) == []
    browser.post(url, {"follows": "yes"})
    assert planned(lamp.pk) == [60]


def planned(occurrence: int) -> list[int]:
    rows = Notice.objects.waiting().filter(occurrence=occurrence, kind="reminder")
    return list(rows.order_by("-lead_minutes").values_list("lead_minutes", flat=True))


def test_nobody_chooses_for_a_group_they_are_not_in(browser: Client) -> None:
    chen_group = session(reader("chen")).group
    url = reverse("group_reminders", args=[chen_group.key])
    assert browser.get(url).status_code == 404
    assert browser.post(url, {"follows": "no"}).status_code == 404
