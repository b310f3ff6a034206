"""Request a search, claim it with a lease, finish, cancel and delete it; decide on proposals."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from civiltime.errors import CommonhourError
from scheduler.actions.organisations import NotCoordinating, is_coordinating
from scheduler.models import GroupProposal, RosterProposal, Search
from scheduler.models.searches import MAX_ATTEMPTS, Proposal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from accounts.models import Person
    from optimizer import Provenance
    from scheduler.models import Organisation

State = Search.State
LEASE: Final = timedelta(seconds=20)
# A search takes every core it gets, so an installation runs one at a time.
MAX_RUNNING: Final = 1
INTERRUPTED: Final = "interrupted"


class SearchIsRunning(CommonhourError):
    """A search of this kind is queued or running."""

    code = "search_is_running"

    def __init__(self) -> None:
        super().__init__(_("This is being searched already. Wait for it, or cancel it first."))


class ProposalIsStale(CommonhourError):
    """A proposal is not possible any more; the text says why."""

    code = "proposal_is_stale"


@dataclass(frozen=True, slots=True)
class Run:
    """A claimed run of a search. Each later write names its token, so a run without the lease writes nothing."""

    search: Search
    token: int

    @property
    def rows(self) -> QuerySet[Search]:
        """The search, while this run holds its lease."""
        return Search.objects.filter(pk=self.search.pk, lease_token=self.token, state=State.RUNNING)


@transaction.atomic
def request_search(*, by: Person, organisation: Organisation, kind: str, now: datetime) -> Search:
    """Queue a search; the next tick starts it.

    Raises:
        NotCoordinating: ``by`` does not coordinate the organisation.
        SearchIsRunning: one of this kind is queued or running.
    """
    require_coordinator(by, organisation)
    try:
        with transaction.atomic():
            return Search.objects.create(
                organisation=organisation, kind=kind, requested_by=by, requested_at=now
            )
    except IntegrityError:
        raise SearchIsRunning from None


@transaction.atomic
def cancel_search(*, by: Person, search: Search, now: datetime) -> None:
    """Cancel a search; a running one stops within two seconds.

    Raises:
        NotCoordinating: ``by`` does not coordinate the organisation.
    """
    require_coordinator(by, search.organisation)
    Search.objects.open().filter(pk=search.pk).update(
        state=State.CANCELLED, ended_at=now, lease_token=None, lease_until=None
    )


@transaction.atomic
def claim(*, now: datetime) -> Run | None:
    """Claim the next queued search, or one whose lease has expired; None if there is nothing to do.

    A search that was interrupted :data:`MAX_ATTEMPTS` times fails: it may be the cause.
    """
    # Locking all open searches keeps two processes from both finding none that runs.
    waiting = list(Search.objects.open().select_for_update().order_by("requested_at", "pk"))
    if sum(_is_held(search, now) for search in waiting) >= MAX_RUNNING:
        return None
    for search in waiting:
        if _is_held(search, now):
            continue
        if search.attempts >= MAX_ATTEMPTS:
            Search.objects.filter(pk=search.pk).update(**_ended(State.FAILED, now, INTERRUPTED))
            continue
        token = secrets.randbits(62)
        Search.objects.filter(pk=search.pk).update(
            state=State.RUNNING,
            attempts=search.attempts + 1,
            lease_token=token,
            lease_until=now + LEASE,
            progress=0.0,
        )
        search.refresh_from_db()
        return Run(search, token)
    return None


def extend_lease(run: Run, *, progress: float, now: datetime) -> bool:
    """Extend the lease and store the progress, 0 to 1; return False if the run lost the search."""
    return run.rows.update(progress=progress, lease_until=now + LEASE) == 1


@transaction.atomic
def finish(
    run: Run,
    *,
    provenance: Provenance,
    is_proven: bool,
    save_result: Callable[[Search], None],
    now: datetime,
) -> bool:
    """Save a result; return False, and write nothing, if this run lost its lease."""
    held = run.rows.select_for_update().first()
    if held is None:
        return False
    Search.objects.filter(pk=held.pk).update(
        **_ended(State.DONE, now),
        progress=1.0,
        is_proven=is_proven,
        input_hash=provenance.input_hash,
        tz_version=provenance.tz_version,
        objective_version=provenance.objective_version,
    )
    save_result(held)
    return True


def fail_search(run: Run, *, code: str, now: datetime) -> None:
    """Mark a search as failed with a code: its question cannot be answered."""
    run.rows.update(**_ended(State.FAILED, now, code))


def release_claim(run: Run, *, now: datetime) -> None:
    """Queue a search again after its process died; mark it as failed after the last attempt."""
    if run.search.attempts >= MAX_ATTEMPTS:
        fail_search(run, code=INTERRUPTED, now=now)
    else:
        run.rows.update(state=State.QUEUED, lease_token=None, lease_until=None)


@transaction.atomic
def dismiss_proposal(
    *, by: Person, proposal: RosterProposal | GroupProposal, now: datetime
) -> None:
    """Dismiss a proposal.

    Raises:
        NotCoordinating: ``by`` does not coordinate the organisation.
    """
    require_coordinator(by, proposal.search.organisation)
    decide(proposal, Proposal.State.DISMISSED, now)


def decide(proposal: RosterProposal | GroupProposal, state: str, now: datetime) -> bool:
    """Set the state of an undecided proposal; return False if somebody decided before."""
    rows = type(proposal).objects.filter(pk=proposal.pk, state=Proposal.State.PROPOSED)
    return rows.update(state=state, decided_at=now) == 1


def delete_old_searches(*, now: datetime) -> int:
    """Delete searches with their proposals after four weeks; return how many rows. A tick calls it."""
    return Search.objects.expired(now).delete()[0]


def require_coordinator(person: Person, organisation: Organisation) -> None:
    """Check that a person coordinates an organisation.

    Raises:
        NotCoordinating: they do not.
    """
    if not is_coordinating(person, organisation):
        raise NotCoordinating


def _is_held(search: Search, now: datetime) -> bool:
    return search.lease_until is not None and search.lease_until > now


def _ended(state: str, now: datetime, note: str = "") -> dict[str, object]:
    return {
        "state": state,
        "ended_at": now,
        "note": note,
        "lease_token": None,
        "lease_until": None,
    }
