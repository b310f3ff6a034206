from __future__ import annotations

from datetime import timedelta

import pytest

from optimizer import Provenance
from scheduler.actions.organisations import NotCoordinating
from scheduler.actions.searches import (
    SearchIsRunning,
    cancel_search,
    delete_old_searches,
    request_search,
)
from scheduler.actions.searches.jobs import (
    INTERRUPTED,
    LEASE,
    Run,
    claim,
    extend_lease,
    finish,
    release_claim,
)
from scheduler.models import Organisation, Search
from scheduler.models.searches import DRAFT_RETENTION, MAX_ATTEMPTS
from tests import make
from tests.support import concurrency, searches
from tests.support.searches import NOW, Partner

pytestmark = pytest.mark.django_db
State, Kind = Search.State, Search.Kind
STAMP = Provenance("2026f", "0" * 64)
TICK = timedelta(seconds=1)


@pytest.fixture
def partner() -> Partner:
    return searches.partner()


@pytest.fixture
def asked(partner: Partner) -> Search:
    return ask(partner)


def ask(partner: Partner, kind: str = Kind.ROSTER) -> Search:
    return request_search(by=partner.daria, organisation=partner.organisation, kind=kind, now=NOW)


def started(at: timedelta = timedelta()) -> Run:
    run = claim(now=NOW + at)
    assert run is not None
    return run


def end(run: Run, answers: list[int]) -> bool:
    return finish(
        run,
        provenance=STAMP,
        is_proven=True,
        save_result=lambda _search: answers.append(1),
        now=NOW,
    )


def test_only_a_coordinator_of_the_partner_asks_and_cancels(partner: Partner) -> None:
    search = ask(partner)
    for person in (partner.amina, partner.eli, make.person("chen")):
        with pytest.raises(NotCoordinating):
            request_search(by=person, organisation=partner.organisation, kind=Kind.GROUPS, now=NOW)
        with pytest.raises(NotCoordinating):
            cancel_search(by=person, search=search, now=NOW)


def test_the_same_is_not_searched_twice_at_a_time(partner: Partner, asked: Search) -> None:
    with pytest.raises(SearchIsRunning):
        ask(partner)
    cancel_search(by=partner.daria, search=asked, now=NOW)
    assert ask(partner).state == State.QUEUED


def test_an_answer_is_written_once_with_what_it_was_made_from(asked: Search) -> None:
    run, answers = started(), list[int]()
    assert (end(run, answers), end(run, answers), answers) == (True, False, [1])
    asked.refresh_from_db()
    assert (asked.state, asked.progress, asked.is_proven) == (State.DONE, 1.0, True)
    assert (asked.tz_version, asked.input_hash) == ("2026f", "0" * 64)


def test_an_installation_runs_one_search_at_a_time(partner: Partner, asked: Search) -> None:
    ask(partner, Kind.GROUPS)
    assert started().search == asked
    assert claim(now=NOW) is None
    cancel_search(by=partner.daria, search=asked, now=NOW)
    assert started().search.kind == Kind.GROUPS


def test_what_a_dead_run_left_is_started_again_and_the_dead_one_writes_nothing(
    asked: Search,
) -> None:
    dead, answers = started(), list[int]()
    assert claim(now=NOW + LEASE - TICK) is None
    again = started(LEASE)
    assert again.search == asked
    assert not extend_lease(dead, progress=0.9, now=NOW)
    assert (end(dead, answers), end(again, answers), answers) == (False, True, [1])


def test_a_run_that_breathes_keeps_its_lease(asked: Search) -> None:
    run = started()
    assert extend_lease(run, progress=0.25, now=NOW + LEASE - TICK)
    assert claim(now=NOW + LEASE + TICK) is None
    asked.refresh_from_db()
    assert (asked.state, asked.percent) == (State.RUNNING, 25)


def test_a_cancelled_search_tells_its_run_at_the_next_breath_and_takes_no_answer(
    partner: Partner, asked: Search
) -> None:
    run, answers = started(), list[int]()
    cancel_search(by=partner.daria, search=asked, now=NOW)
    assert not extend_lease(run, progress=0.5, now=NOW)
    assert (end(run, answers), answers) == (False, [])
    asked.refresh_from_db()
    assert asked.state == State.CANCELLED


def test_a_finished_search_is_not_cancelled(partner: Partner, asked: Search) -> None:
    end(started(), [])
    cancel_search(by=partner.daria, search=asked, now=NOW)
    asked.refresh_from_db()
    assert asked.state == State.DONE


def test_what_is_interrupted_again_and_again_has_failed(asked: Search) -> None:
    for number in range(MAX_ATTEMPTS):
        started(number * LEASE)
    assert claim(now=NOW + MAX_ATTEMPTS * LEASE) is None
    asked.refresh_from_db()
    assert (asked.state, asked.note) == (State.FAILED, INTERRUPTED)


def test_a_run_that_was_ended_from_outside_lets_another_try_until_it_is_too_often(
    asked: Search,
) -> None:
    states = []
    for _try in range(MAX_ATTEMPTS):
        release_claim(started(), now=NOW)
        asked.refresh_from_db()
        states.append(asked.state)
    assert states == [State.QUEUED, State.QUEUED, State.FAILED]


def test_drafts_are_forgotten_after_four_weeks(partner: Partner, asked: Search) -> None:
    assert delete_old_searches(now=NOW + DRAFT_RETENTION) == 0
    assert delete_old_searches(now=NOW + DRAFT_RETENTION + TICK) == 1
    assert Organisation.objects.filter(pk=partner.organisation.pk).exists()
    assert not Search.objects.filter(pk=asked.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_processes_that_start_at_once_one_has_the_search(asked: Search) -> None:
    runs = concurrency.run(lambda _process: claim(now=NOW), range(6))
    assert [run.search for run in runs if run] == [asked]
    asked.refresh_from_db()
    assert asked.attempts == 1
