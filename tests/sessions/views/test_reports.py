"""The pages of sealed reports: who opens them, and what each of the others is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from scheduler.models import Affiliation
from sessions.models import Removal, Report, ReportReading
from sessions.models.reports import seal_of
from tests import make
from tests.support.page_text import words
from tests.support.ws_client import LiveSession, make_live_session

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

LINES = [
    {
        "seq": 7,
        "at": "2026-06-05T18:00:00+00:00",
        "by": "2",
        "alias": "Bo",
        "text": "cheap <b>ways",
    },
    {"seq": 8, "at": "2026-06-05T18:00:00+00:00", "by": "3", "alias": "Dara", "text": ""},
]
PAGES = ("report", "open_report", "decide_report")
INSIDE = ("he sells", "cheap", "Dara reports", "Bo")


def report_in(live_session: LiveSession, about: str = "bo", by: str = "dara") -> Report:
    return Report.objects.create(
        occurrence=live_session.occurrence,
        about=live_session.members[about],
        by=live_session.members[by],
        reason="he sells",
        messages=LINES,
        seal=seal_of(LINES),
        at=timezone.now(),
    )


@pytest.fixture
def live_session() -> LiveSession:
    """Dara has reported Bo; Carla coordinates the organisation."""
    live_session = make_live_session()
    carla = make.person("carla")
    make.affiliation(carla, live_session.group.organisation, role=Affiliation.Role.COORDINATOR)
    report_in(live_session)
    return live_session


def browser(live_session: LiveSession, name: str) -> Client:
    client = Client()
    known = {"carla": lambda: Affiliation.objects.get(person__username="carla").person}
    if name in live_session.members:
        client.force_login(live_session.person(name))
    else:
        client.force_login(known.get(name, lambda: make.person(name))())
    return client


def address(page: str) -> str:
    return reverse(page, args=[Report.objects.latest("pk").pk])


def opened_by(live_session: LiveSession, name: str) -> HttpResponse:
    return browser(live_session, name).post(address("open_report"))


@pytest.mark.parametrize("name", ["bo", "dara", "chen"])
def test_to_the_reported_the_reporter_and_strangers_a_report_looks_missing(
    live_session: LiveSession, name: str
) -> None:
    own = browser(live_session, name)
    for page in PAGES:
        asked = own.get(address(page)), own.post(address(page), {"decision": "no_action"})
        assert {answer.status_code for answer in asked} <= {404, 405}, page
        assert 404 in {answer.status_code for answer in asked}, page
    assert own.get(reverse("reports")).status_code == 404
    assert not ReportReading.objects.exists()
    assert Report.objects.get().decided_at is None


@pytest.mark.parametrize("name", ["amina", "edith", "carla"])
def test_facilitators_and_coordinators_find_open_and_read_it(
    live_session: LiveSession, name: str
) -> None:
    own = browser(live_session, name)
    assert address("report") in own.get(reverse("reports")).content.decode()
    page = words(own.post(address("open_report")))
    assert "Dara reports Bo" in page
    assert "he sells" in page
    assert "cheap <b>ways" in page
    assert "removed in the room" in page
    assert "seal is whole" in page


def test_a_facilitator_who_is_reported_finds_nothing_of_it(live_session: LiveSession) -> None:
    report_in(live_session, about="amina")
    own = browser(live_session, "amina")
    assert own.get(address("report")).status_code == 404
    assert own.post(address("open_report")).status_code == 404
    assert address("report") not in own.get(reverse("reports")).content.decode()


def test_looking_from_outside_tells_nothing_and_is_not_noted(live_session: LiveSession) -> None:
    own = browser(live_session, "amina")
    for page in (reverse("reports"), address("report"), reverse("dashboard")):
        text = words(own.get(page))
        for word in ("he sells", "cheap", "Dara"):
            assert word not in text, page
    assert not ReportReading.objects.exists()


def test_every_opening_is_noted_and_shown_to_the_next_reader(live_session: LiveSession) -> None:
    opened_by(live_session, "carla")
    opened_by(live_session, "amina")
    page = words(opened_by(live_session, "edith"))
    who_opened = page.split("Who opened it")[1]
    assert who_opened.index("a coordinator") < who_opened.index("Amina") < who_opened.index("Edith")
    assert ReportReading.objects.count() == 3


def test_names_are_the_group_s_and_never_handles(live_session: LiveSession) -> None:
    person = live_session.person("bo")
    person.username = "robert-from-work"
    person.save()
    assert "robert" not in words(opened_by(live_session, "carla"))


def test_an_altered_copy_is_said_to_be_altered(live_session: LiveSession) -> None:
    Report.objects.update(messages=[LINES[0] | {"text": "free ways"}])
    assert "does not match its seal" in words(opened_by(live_session, "amina"))


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        ("no_action", "It was read and closed"),
        ("closed", "It was read and closed"),
        ("spoken", "something was done"),
        ("removal", "something was done"),
    ],
)
def test_whoever_reported_learns_that_and_never_what(
    live_session: LiveSession, decision: str, told: str
) -> None:
    own = browser(live_session, "dara")
    assert "waits to be read" in words(own.get(reverse("attended")))
    opened_by(live_session, "amina")
    assert "It was read. Somebody" in words(own.get(reverse("attended")))
    answer = browser(live_session, "amina").post(
        address("decide_report"), {"decision": decision, "note": "we talked about June"}
    )
    assert answer.status_code == 302
    page = words(own.get(reverse("attended")))
    assert told in page
    for secret in ("Bo", "June", "Amina", "spoken", "leave the group"):
        assert secret not in page, secret


def test_the_reported_person_is_told_nothing(live_session: LiveSession) -> None:
    own = browser(live_session, "bo")
    before = words(own.get(reverse("attended")))
    browser(live_session, "amina").post(address("decide_report"), {"decision": "no_action"})
    assert words(own.get(reverse("attended"))) == before
    assert "report" not in before.lower()


def test_a_removal_goes_on_to_the_second_facilitator(live_session: LiveSession) -> None:
    browser(live_session, "carla").post(
        address("decide_report"), {"decision": "removal", "note": ""}
    )
    page = words(
        browser(live_session, "edith").get(reverse("group_record", args=[live_session.group.key]))
    )
    assert "A coordinator asks for it after a report" in page
    assert "he sells" in page
    removal = reverse("review_removal", args=[live_session.group.key, Removal.objects.get().pk])
    browser(live_session, "edith").post(removal, {"remove": "1"})
    assert Removal.objects.get().is_upheld


def test_a_second_answer_and_none_at_all_are_refused_with_a_sentence(
    live_session: LiveSession,
) -> None:
    own = browser(live_session, "amina")
    assert "Please choose one" in words(own.post(address("decide_report"), {"note": "hm"}))
    own.post(address("decide_report"), {"decision": "spoken"})
    again = words(own.post(address("decide_report"), {"decision": "no_action"}))
    assert "decided already" in again
    assert Report.objects.get().decision == "spoken"


def test_the_desk_and_the_coordinators_page_say_how_many_wait(live_session: LiveSession) -> None:
    report_in(live_session, by="edith")  # Edith made it herself, so it is not on her desk
    assert "2 reports wait" in words(browser(live_session, "amina").get(reverse("dashboard")))
    assert "1 report waits" in words(browser(live_session, "edith").get(reverse("dashboard")))
    assert "Reports 2" in words(browser(live_session, "carla").get(reverse("organisations")))
    browser(live_session, "amina").post(address("decide_report"), {"decision": "spoken"})
    assert "1 report waits" in words(browser(live_session, "amina").get(reverse("dashboard")))


def test_a_stranger_is_asked_to_sign_in(live_session: LiveSession) -> None:
    for page in (reverse("reports"), address("report"), address("open_report")):
        assert Client().get(page)["Location"].startswith(reverse("sign_in"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_as_many_queries_for_three_reports_as_for_one(
    live_session: LiveSession, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _more in range(rows - 1):
        report_in(live_session)
    own = browser(live_session, "amina")
    with django_assert_num_queries(7):
        page = words(own.get(reverse("reports")))
    assert page.count("Not read yet") == rows


def test_the_title_of_no_page_tells_what_it_is_about(live_session: LiveSession) -> None:
    for answer in (
        browser(live_session, "amina").get(address("report")),
        opened_by(live_session, "amina"),
    ):
        title = answer.content.decode().split("<title>")[1].split("</title>")[0]
        assert "report" in title
        assert not any(word in title for word in INSIDE)
