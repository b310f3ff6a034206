"""A report is opened by those who may, each time noted, and answered once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from scheduler.models import Affiliation, Membership
from sessions.actions.purge import forget
from sessions.actions.removals import AlreadyDecided, NeedsSecondFacilitator, review_removal
from sessions.actions.reports import decide_report, open_report
from sessions.models import Removal, Report, ReportReading
from sessions.models.reports import seal_of
from tests import make
from tests.support.ws_client import Evening, an_evening

if TYPE_CHECKING:
    from accounts.models import Person

pytestmark = pytest.mark.django_db

Decision = Report.Decision
LINES = [{"seq": 7, "at": "2026-06-05T18:00:00+00:00", "by": "2", "alias": "Bo", "text": "buy it"}]


@pytest.fixture
def evening() -> Evening:
    return an_evening()


def reported(evening: Evening, about: str = "bo", by: str = "dara") -> Report:
    return Report.objects.create(
        occurrence=evening.occurrence,
        about=evening.members[about],
        by=evening.members[by],
        reason="he sells",
        lines=LINES,
        seal=seal_of(LINES),
        at=timezone.now(),
    )


def coordinator(evening: Evening, username: str = "carla") -> Person:
    person = make.person(username)
    make.affiliation(person, evening.group.organisation, role=Affiliation.Role.COORDINATOR)
    return person


def readers(report: Report, *people: Person) -> list[str]:
    return [
        person.username
        for person in people
        if Report.objects.readable_by(person).filter(pk=report.pk).exists()
    ]


def everyone(evening: Evening) -> list[Person]:
    people = [evening.person(name) for name in ("amina", "edith", "bo", "dara")]
    return [*people, make.person("chen")]


def test_facilitators_and_coordinators_may_read_and_nobody_else(evening: Evening) -> None:
    carla = coordinator(evening)
    elsewhere = make.person("olga")
    make.affiliation(elsewhere, make.organisation(), role=Affiliation.Role.COORDINATOR)
    colleague = make.person("piet")
    make.affiliation(colleague, evening.group.organisation)
    people = [*everyone(evening), carla, elsewhere, colleague]
    assert readers(reported(evening), *people) == ["amina", "edith", "carla"]


def test_neither_who_reports_nor_who_is_reported_reads_it_in_whatever_office(
    evening: Evening,
) -> None:
    amina = evening.person("amina")
    make.affiliation(amina, evening.group.organisation, role=Affiliation.Role.COORDINATOR)
    people = everyone(evening)
    assert readers(reported(evening, by="amina"), *people) == ["edith"]
    assert readers(reported(evening, about="amina"), *people) == ["edith"]


def test_about_a_facilitator_only_coordinators_read_while_one_is_free_to(evening: Evening) -> None:
    report, people = reported(evening, about="amina"), everyone(evening)
    assert readers(report, *people) == ["edith"]
    carla = coordinator(evening)
    assert readers(report, *people, carla) == ["carla"]


def test_who_left_the_group_reads_no_more(evening: Evening) -> None:
    report = reported(evening)
    Membership.objects.filter(pk=evening.members["edith"].pk).update(state="left", role="member")
    assert readers(report, *everyone(evening)) == ["amina"]


def test_each_opening_is_noted_with_who_and_when(evening: Evening) -> None:
    report, now = reported(evening), timezone.now()
    carla = coordinator(evening)
    open_report(by=evening.person("amina"), report=report, now=now)
    opened = open_report(by=carla, report=report, now=now + timedelta(minutes=1))
    assert (opened.lines, opened.is_whole) == (LINES, True)
    read = list(report.readings.values_list("by__username", "alias", "at"))
    assert read == [("amina", "Amina", now), ("carla", "", now + timedelta(minutes=1))]


def test_who_may_not_read_opens_and_decides_nothing(evening: Evening) -> None:
    report = reported(evening)
    for person in (evening.person("bo"), evening.person("dara"), make.person("chen")):
        with pytest.raises(Report.DoesNotExist):
            open_report(by=person, report=report, now=timezone.now())
        with pytest.raises(Report.DoesNotExist):
            decide(evening, report, Decision.NO_ACTION, by=person)
    assert not ReportReading.objects.exists()


def decide(
    evening: Evening, report: Report, decision: str, *, by: Person | None = None, note: str = ""
) -> None:
    person = by or evening.person("amina")
    decide_report(by=person, report=report, decision=decision, note=note, now=timezone.now())


def test_an_altered_copy_no_longer_matches_its_seal(evening: Evening) -> None:
    report = reported(evening)
    report.lines[0]["text"] = "give it"
    report.save()
    assert not open_report(by=evening.person("amina"), report=report, now=timezone.now()).is_whole


@pytest.mark.parametrize("decision", [Decision.NO_ACTION, Decision.SPOKEN, Decision.CLOSED])
def test_a_decision_is_kept_and_holds(evening: Evening, decision: str) -> None:
    report = reported(evening)
    decide(evening, report, decision, note=" we talked ")
    report.refresh_from_db()
    assert (report.decision, report.note, report.decided_by) == (
        decision,
        "we talked",
        evening.person("amina"),
    )
    assert not Removal.objects.exists()
    with pytest.raises(AlreadyDecided):
        decide(evening, report, Decision.REMOVAL, by=evening.person("edith"))


def test_a_removal_takes_a_second_facilitator(evening: Evening) -> None:
    report = reported(evening)
    decide(evening, report, Decision.REMOVAL, note="he sells, and was told twice")
    removal, bo = Removal.objects.get(), evening.members["bo"]
    assert (removal.membership, removal.reason) == (bo, "he sells, and was told twice")
    bo.refresh_from_db()
    assert bo.state == Membership.State.ACTIVE
    amina = evening.person("amina")
    with pytest.raises(NeedsSecondFacilitator):
        review_removal(by=amina, removal=removal, is_upheld=True, now=timezone.now())
    review_removal(by=evening.person("edith"), removal=removal, is_upheld=True, now=timezone.now())
    bo.refresh_from_db()
    assert bo.state == Membership.State.REMOVED


def test_a_coordinator_who_asks_for_a_removal_is_the_first_of_the_two(evening: Evening) -> None:
    report = reported(evening)
    decide(evening, report, Decision.REMOVAL, by=coordinator(evening))
    removal = Removal.objects.get()
    assert (removal.by, removal.reason) == (None, "he sells")
    review_removal(by=evening.person("amina"), removal=removal, is_upheld=True, now=timezone.now())
    assert Membership.objects.get(pk=evening.members["bo"].pk).state == Membership.State.REMOVED


def test_who_has_left_the_group_is_not_removed_from_it(evening: Evening) -> None:
    report = reported(evening)
    Membership.objects.filter(pk=evening.members["bo"].pk).update(state=Membership.State.LEFT)
    with pytest.raises(AlreadyDecided):
        decide(evening, report, Decision.REMOVAL)
    report.refresh_from_db()
    assert report.decided_at is None


def test_words_go_ninety_days_after_the_decision_and_the_rest_after_two_years(
    evening: Evening,
) -> None:
    waiting, report = reported(evening), reported(evening)
    decide(evening, report, Decision.SPOKEN, note="we talked")
    report.refresh_from_db()
    assert report.decided_at
    forget(now=report.decided_at + timedelta(days=89))
    report.refresh_from_db()
    assert report.lines
    forget(now=report.decided_at + timedelta(days=90))
    report.refresh_from_db()
    assert (report.lines, report.reason, report.note) == ([], "", "")
    assert (report.decision, report.is_whole) == (Decision.SPOKEN, True)
    waiting.refresh_from_db()
    assert waiting.lines == LINES
    forget(now=waiting.at + timedelta(days=731))
    assert not Report.objects.exists()
