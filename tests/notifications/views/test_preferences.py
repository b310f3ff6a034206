from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from notifications.actions.consent import allow_first
from notifications.models import (
    Consent,
    Device,
    Notice,
    Preferences,
    ReminderChoice,
    Topic,
    Transport,
)
from notifications.planning.planner import plan
from scheduler.models import Membership
from tests import make
from tests.support.page_text import words
from tests.support.reminders import NOW, reader, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

pytestmark = pytest.mark.django_db
EVERYTHING: frozenset[str] = frozenset(Topic)
SWITCHES = {topic.value: "on" for topic in Topic if topic != Topic.REMINDERS}
ALL_ON: dict[str, Any] = {"email": "on", "remind": "1440-60", "quiet": "never"} | SWITCHES


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bo() -> Person:
    person = make.person("bo", email="bo@example.org")
    allow_first(person=person, transport=Transport.EMAIL, now=NOW)
    return person


@pytest.fixture
def browser(bo: Person) -> Client:
    client = Client()
    client.force_login(bo)
    return client


def choose(browser: Client, *off: str, **given: Any) -> HttpResponse:
    kept = {name: value for name, value in ALL_ON.items() if name not in off}
    return browser.post(reverse("notifications"), kept | given)


def about(browser: Client, topic: str, **given: Any) -> HttpResponse:
    return browser.post(reverse("notification_topic", args=[topic]), given)


def in_force() -> set[tuple[str, str]]:
    return set(Consent.objects.in_force().values_list("topic", "transport"))


def leads(person: Person) -> list[int]:
    chosen = ReminderChoice.objects.general().filter(person=person)
    return list(chosen.order_by("-lead_minutes").values_list("lead_minutes", flat=True))


def test_all_of_it_is_on_from_the_moment_an_address_is_confirmed(
    bo: Person, browser: Client
) -> None:
    assert in_force() == {(topic, "email") for topic in EVERYTHING}
    assert leads(bo) == [1440, 60]
    page = browser.get(reverse("notifications")).content.decode()
    assert page.count("checked") == len(EVERYTHING)  # e-mail, and every topic but reminders
    assert '<option value="1440-60" selected>' in page


def test_the_page_has_fewer_than_a_dozen_controls(browser: Client) -> None:
    page = browser.get(reverse("notifications")).content.decode()
    form = page[page.index('<form class="stack"') : page.index("</form>", page.index("Where"))]
    controls = form.count('type="checkbox"') + form.count("<select") + form.count("<button")
    assert controls == 9


def test_saving_what_is_shown_changes_nothing(bo: Person, browser: Client) -> None:
    before = list(Consent.objects.order_by("pk").values())
    choose(browser)
    assert list(Consent.objects.order_by("pk").values()) == before
    assert leads(bo) == [1440, 60]


def test_a_consent_has_its_wording_and_moment(bo: Person) -> None:
    consent = Consent.objects.get(topic="seats")
    assert (consent.person, consent.granted_at, bool(consent.wording_version)) == (bo, NOW, True)


def test_a_topic_that_is_switched_off_is_withdrawn_alone(browser: Client) -> None:
    choose(browser, "seats")
    assert in_force() == {(topic, "email") for topic in EVERYTHING - {"seats"}}
    assert Consent.objects.get(topic="seats").withdrawn_at == NOW
    choose(browser)
    assert in_force() == {(topic, "email") for topic in EVERYTHING}


def test_a_channel_that_is_switched_off_sends_nothing_and_can_come_back(browser: Client) -> None:
    choose(browser, "email")
    assert in_force() == set()
    assert "bo@example.org" in browser.get(reverse("notifications")).content.decode()
    choose(browser, "seats")
    assert in_force() == {(topic, "email") for topic in EVERYTHING - {"seats"}}


@pytest.mark.parametrize(
    ("chosen", "expected"), [("60", [60]), ("15", [15]), ("1440", [1440]), ("1440-60", [1440, 60])]
)
def test_reminders_are_one_choice(
    chosen: str, expected: list[int], bo: Person, browser: Client
) -> None:
    choose(browser, remind=chosen)
    assert leads(bo) == expected
    assert f'<option value="{chosen}" selected>' in browser.get("/notifications/").content.decode()


def test_never_withdraws_reminders_and_keeps_the_times(bo: Person, browser: Client) -> None:
    choose(browser, remind="60")
    choose(browser, remind="never")
    assert ("reminders", "email") not in in_force()
    assert leads(bo) == [60]
    assert '<option value="never" selected>' in browser.get("/notifications/").content.decode()


def test_times_of_ones_own_stay_when_something_else_is_saved(bo: Person, browser: Client) -> None:
    about(browser, "reminders", leads=[180, 30], transports=["email"])
    page = browser.get(reverse("notifications")).content.decode()
    assert '<option value="own" selected>' in page
    choose(browser, "seats", remind="own")
    assert leads(bo) == [180, 30]


def test_an_exception_for_one_channel_stays_when_something_else_is_saved(
    bo: Person, browser: Client
) -> None:
    Device.objects.create(person=bo, label="Phone", endpoint="https://push.example/1")
    allow_first(person=bo, transport=Transport.PUSH, now=NOW)
    about(browser, "messages", transports=["push"])
    choose(browser, "seats", push="on")
    assert ("messages", "push") in in_force()
    assert ("messages", "email") not in in_force()
    assert not {(topic, on) for topic, on in in_force() if topic == "seats"}


def test_who_gave_no_address_is_offered_reminders_in_the_inbox(bo: Person, browser: Client) -> None:
    Consent.objects.all().delete()
    Person.objects.filter(pk=bo.pk).update(email="", email_verified_at=None)
    page = browser.get(reverse("notifications")).content.decode()
    assert "Add an address" in page
    assert 'role="switch"' not in page
    browser.post(reverse("notifications"), {"remind": "60", "quiet": "never", "email": "on"})
    assert in_force() == {("reminders", "inbox")}


def test_saving_leaves_what_waits_for_the_inbox_alone(bo: Person, browser: Client) -> None:
    occurrence = session(bo)
    Notice.objects.create(
        person=bo, occurrence=occurrence, kind="moved", transport=Transport.INBOX, version=0,
        is_urgent=True, due_at=NOW, next_try_at=NOW, expires_at=occurrence.starts_at,
    )  # fmt: skip
    choose(browser)
    assert Notice.objects.get(kind="moved").state == "planned"


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("notifications", {"remind": "7"}, "not one of the available choices"),
        ("notifications", {"quiet": "1-2-3"}, "not one of the available choices"),
        ("quiet_hours", {"quiet_from": "22:00"}, "Give both times"),
        ("quiet_hours", {"quiet_from": "22:00", "quiet_until": "22:00"}, "are the same"),
        ("message_wording", {"detail": "all of it"}, "not one of the available choices"),
    ],
)
def test_a_choice_that_makes_no_sense_is_answered_with_a_sentence(
    name: str, given: dict[str, Any], sentence: str, browser: Client
) -> None:
    before = in_force()
    shown = ALL_ON | given if name == "notifications" else given
    assert sentence in words(browser.post(reverse(name), shown))
    assert in_force() == before
    assert not Preferences.objects.exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"leads": [], "transports": ["email"]}, "at least one"),
        ({"leads": [5, 15, 60, 1440]}, "At most three"),
        ({"leads": [7]}, "from the list"),
        ({"leads": [60], "transports": ["pigeon"]}, "not one of the available choices"),
    ],
)
def test_times_that_make_no_sense_are_answered_with_a_sentence(
    given: dict[str, Any], sentence: str, bo: Person, browser: Client
) -> None:
    assert sentence in words(about(browser, "reminders", **given))
    assert leads(bo) == [1440, 60]


def test_a_topic_that_does_not_exist_is_missing(browser: Client) -> None:
    assert browser.get(reverse("notification_topic", args=["weather"])).status_code == 404


def test_quiet_hours_are_chosen_from_a_list_or_typed(bo: Person, browser: Client) -> None:
    choose(browser, quiet="1320-420")
    kept = Preferences.objects.get(person=bo)
    assert (kept.quiet_from, kept.quiet_until, kept.allows_urgent) == (22 * 60, 7 * 60, True)
    browser.post(reverse("quiet_hours"), {"quiet_from": "22:30", "quiet_until": "07:15"})
    kept.refresh_from_db()
    assert (kept.quiet_from, kept.quiet_until, kept.allows_urgent) == (1350, 435, False)
    page = browser.get(reverse("notifications")).content.decode()
    assert '<option value="1350-435" selected>22:30–07:15</option>' in page
    choose(browser, quiet="1350-435")
    kept.refresh_from_db()
    assert (kept.quiet_from, kept.allows_urgent) == (1350, False)


def test_what_messages_say_is_kept_and_shown_again(bo: Person, browser: Client) -> None:
    choose(browser, quiet="1320-420")
    browser.post(reverse("message_wording"), {"detail": "own_name", "wants_calendar_file": "on"})
    kept = Preferences.objects.get(person=bo)
    assert (kept.detail, kept.wants_calendar_file, kept.quiet_from) == ("own_name", True, 1320)
    assert 'value="own_name" required' in browser.get(reverse("message_wording")).content.decode()


def test_a_locked_screen_is_shown_as_it_would_be(bo: Person, browser: Client) -> None:
    membership = make.membership(bo, make.group("Tuesday lamp"))
    Membership.objects.filter(pk=membership.pk).update(own_name="Choir")
    page = browser.get(reverse("message_wording")).content.decode()
    for sample in ("", "Choir, ", "Tuesday lamp, "):
        assert f"<bdi>Reminder: {sample}Saturday 14:00 (Copenhagen)</bdi>" in page


def test_a_group_can_have_times_of_its_own_or_none(bo: Person, browser: Client) -> None:
    choose(browser, remind="60")
    lamp, other = session(bo), session(bo)
    url = reverse("group_reminders", args=[lamp.group.key])
    browser.post(url, {"follows": "no", "leads": [15, 5], "own_name": " Choir "})
    plan(NOW)
    assert planned(lamp.pk) == [15, 5]
    assert planned(other.pk) == [60]
    assert Membership.objects.get(group=lamp.group).own_name == "Choir"
    assert "times of its own" in words(browser.get(reverse("notifications")))
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
