"""A report is opened by those who may, each time noted, and answered once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from scheduler.models import Affiliation, Membership
from sessions.actions.purge import purge
from sessions.actions.removals import AlreadyDecided, NeedsSecondFacilitator, review_removal
from sessions.actions.reports import decide_report, open_report
from sessions.models import Removal, Report, ReportReading
from sessions.models.reports import seal_of
from tests import make
from tests.support.ws_client import LiveSession, make_live_session

if TYPE_CHECKING:
    from accounts.models import Person

pytestmark = pytest.mark.django_db

Decision = Report.Decision
LINES = [{"seq": 7, "at": "2026-06-05T18:00:00+00:00", "by": "2", "alias": "Bo", "text": "buy it"}]


@pytest.fixture
def live_session() -> LiveSession:
    return make_live_session()


def reported(live_session: LiveSession, about: str = "bo", by: str = "dara") -> Report:
    return Report.objects.create(
        occurrence=live_session.occurrence,
        about=live_session.members[about],
        by=live_session.members[by],
        reason="he sells",
        messages=LINES,
        seal=seal_of(LINES),
        at=timezone.now(),
    )


def coordinator(live_session: LiveSession, username: str = "carla") -> Person:
    person = make.person(username)
    make.affiliation(person, live_session.group.organisation, role=Affiliation.Role.COORDINATOR)
    return person


def readers(report: Report, *people: Person) -> list[str]:
    return [
        person.username
        for person in people
        if Report.objects.readable_by(person).filter(pk=report.pk).exists()
    ]


def everyone(live_session: LiveSession) -> list[Person]:
    people = [live_session.person(name) for name in ("amina", "edith", "bo", "dara")]
    return [*people, make.person("chen")]


def test_facilitators_and_coordinators_may_read_and_nobody_else(live_session: LiveSession) -> None:
    carla = coordinator(live_session)
    elsewhere = make.person("olga")
    make.affiliation(elsewhere, make.organisation(), role=Affiliation.Role.COORDINATOR)
    colleague = make.person("piet")
    make.affiliation(colleague, live_session.group.organisation)
    people = [*everyone(live_session), carla, elsewhere, colleague]
    assert readers(reported(live_session), *people) == ["amina", "edith", "carla"]


def test_neither_who_reports_nor_who_is_reported_reads_it_in_whatever_office(
    live_session: LiveSession,
) -> None:
    amina = live_session.person("amina")
    make.affiliation(amina, live_session.group.organisation, role=Affiliation.Role.COORDINATOR)
    people = everyone(live_session)
    assert readers(reported(live_session, by="amina"), *people) == ["edith"]
    assert readers(reported(live_session, about="amina"), *people) == ["edith"]


def test_about_a_facilitator_only_coordinators_read_while_one_is_free_to(
    live_session: LiveSession,
) -> None:
    report, people = reported(live_session, about="amina"), everyone(live_session)
    assert readers(report, *people) == ["edith"]
    carla = coordinator(live_session)
    assert readers(report, *people, carla) == ["carla"]


def test_who_left_the_group_reads_no_more(live_session: LiveSession) -> None:
    report = reported(live_session)
    Membership.objects.filter(pk=live_session.members["edith"].pk).update(
        state="left", role="member"
    )
    assert readers(report, *everyone(live_session)) == ["amina"]


def test_each_opening_is_noted_with_who_and_when(live_session: LiveSession) -> None:
    report, now = reported(live_session), timezone.now()
    carla = coordinator(live_session)
    open_report(by=live_session.person("amina"), report=report, now=now)
    opened = open_report(by=carla, report=report, now=now + timedelta(minutes=1))
    assert (opened.messages, opened.is_whole) == (LINES, True)
    read = list(report.readings.values_list("by__username", "alias", "at"))
    assert read == [("amina", "Amina", now), ("carla", "", now + timedelta(minutes=1))]


def test_who_may_not_read_opens_and_decides_nothing(live_session: LiveSession) -> None:
    report = reported(live_session)
    for person in (live_session.person("bo"), live_session.person("dara"), make.person("chen")):
        with pytest.raises(Report.DoesNotExist):
            open_report(by=person, report=report, now=timezone.now())
        with pytest.raises(Report.DoesNotExist):
            decide(live_session, report, Decision.NO_ACTION, by=person)
    assert not ReportReading.objects.exists()


def decide(
    live_session: LiveSession,
    report: Report,
    decision: str,
    *,
    by: Person | None = None,
    note: str = "",
) -> None:
    person = by or live_session.person("amina")
    decide_report(by=person, report=report, decision=decision, note=note, now=timezone.now())


def test_an_altered_copy_no_longer_matches_its_seal(live_session: LiveSession) -> None:
    report = reported(live_session)
    report.messages[0]["text"] = "give it"
    report.save()
    assert not open_report(
        by=live_session.person("amina"), report=report, now=timezone.now()
    ).is_whole


@pytest.mark.parametrize("decision", [Decision.NO_ACTION, Decision.SPOKEN, Decision.CLOSED])
def test_a_decision_is_kept_and_holds(live_session: LiveSession, decision: str) -> None:
    report = reported(live_session)
    decide(live_session, report, decision, note=" we talked ")
    report.refresh_from_db()
    assert (report.decision, report.note, report.decided_by) == (
        decision,
        "we talked",
        live_session.person("amina"),
    )
    assert not Removal.objects.exists()
    with pytest.raises(AlreadyDecided):
        decide(live_session, report, Decision.REMOVAL, by=live_session.person("edith"))


def test_a_removal_takes_a_second_facilitator(live_session: LiveSession) -> None:
    report = reported(live_session)
    decide(live_session, report, Decision.REMOVAL, note="he sells, and was told twice")
    removal, bo = Removal.objects.get(), live_session.members["bo"]
    assert (removal.membership, removal.reason) == (bo, "he sells, and was told twice")
    bo.refresh_from_db()
    assert bo.state == Membership.State.ACTIVE
    amina = live_session.person("amina")
    with pytest.raises(NeedsSecondFacilitator):
        review_removal(by=amina, removal=removal, is_upheld=True, now=timezone.now())
    review_removal(
        by=live_session.person("edith"), removal=removal, is_upheld=True, now=timezone.now()
    )
    bo.refresh_from_db()
    assert bo.state == Membership.State.REMOVED


def test_a_coordinator_who_asks_for_a_removal_is_the_first_of_the_two(
    live_session: LiveSession,
) -> None:
    report = reported(live_session)
    decide(live_session, report, Decision.REMOVAL, by=coordinator(live_session))
    removal = Removal.objects.get()
    assert (removal.by, removal.reason) == (None, "he sells")
    review_removal(
        by=live_session.person("amina"), removal=removal, is_upheld=True, now=timezone.now()
    )
    assert (
        Membership.objects.get(pk=live_session.members["bo"].pk).state == Membership.State.REMOVED
    )


def test_who_has_left_the_group_is_not_removed_from_it(live_session: LiveSession) -> None:
    report = reported(live_session)
    Membership.objects.filter(pk=live_session.members["bo"].pk).update(state=Membership.State.LEFT)
    with pytest.raises(AlreadyDecided):
        decide(live_session, report, Decision.REMOVAL)
    report.refresh_from_db()
    assert report.decided_at is None


def test_words_go_ninety_days_after_the_decision_and_the_rest_after_two_years(
    live_session: LiveSession,
) -> None:
    waiting, report = reported(live_session), reported(live_session)
    decide(live_session, report, Decision.SPOKEN, note="we talked")
    report.refresh_from_db()
    assert report.decided_at
    purge(now=report.decided_at + timedelta(days=89))
    report.refresh_from_db()
    assert report.messages
    purge(now=report.decided_at + timedelta(days=90))
    report.refresh_from_db()
    assert (report.messages, report.reason, report.note) == ([], "", "")
    assert (report.decision, report.is_whole) == (Decision.SPOKEN, True)
    waiting.refresh_from_db()
    assert waiting.messages == LINES
    purge(now=waiting.at + timedelta(days=731))
    assert not Report.objects.exists()
