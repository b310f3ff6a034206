"""Compares what is checked when a batch is read with what the checkpoint checks again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import pytest
import time_machine

from accounts.models import Person
from notifications.actions.consent import allow, withdraw
from notifications.actions.preferences import choose_quiet_hours
from notifications.delivery import checkpoint
from notifications.delivery.leases import LEASE, Claim
from notifications.delivery.validity import reason_to_drop
from notifications.models import Notice, Topic, Transport
from notifications.queries.due_notices import read_due_notices
from scheduler.models import Group, Membership, Occurrence, Seat
from tests import make
from tests.support.reminders import LONG_AGO, NOW, reader, session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db
Kind, Reason = Notice.Kind, Notice.Reason
HOUR_BEFORE: Final = NOW + timedelta(hours=29)  # of a session in 30 hours
CLAIM: Final = Claim(token=1, owner=1, until=HOUR_BEFORE + LEASE)
AT_THE_HANDOVER: Final = {Reason.REFUSED, Reason.UNSENDABLE}  # not reasons to drop


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(HOUR_BEFORE, tick=False):
        yield


@pytest.fixture
def bo() -> Person:
    person = reader("bo")
    allow(person=person, transport=Transport.EMAIL, topics=list(Topic), now=LONG_AGO)
    return person


@pytest.fixture
def occurrence(bo: Person) -> Occurrence:
    return session(bo)


def claimed(bo: Person, occurrence: Occurrence, kind: Kind = Kind.REMINDER, **more: Any) -> Notice:
    """Make a notice that the claim holds, about a session or, if ``more`` says so, a group."""
    columns = {
        "occurrence": None if "group" in more else occurrence, "person": bo, "kind": kind,
        "transport": Transport.EMAIL, "version": 0, "is_urgent": True, "due_at": HOUR_BEFORE,
        "next_try_at": HOUR_BEFORE, "expires_at": occurrence.starts_at, "state": "claimed",
        "lease_owner": CLAIM.owner, "lease_token": CLAIM.token, "lease_until": CLAIM.until,
    }  # fmt: skip
    return Notice.objects.create(**columns | more)


def advance(*following: Notice, accepted: tuple[Notice, ...] = (), **more: Any) -> list[int]:
    values: dict[str, Any] = {"claim": CLAIM, "message_key": uuid4(), "now": HOUR_BEFORE}
    return checkpoint.advance(
        **values | more,
        accepted=[notice.pk for notice in accepted],
        following=[notice.pk for notice in following],
    )


def declines(bo: Person, occurrence: Occurrence) -> None:
    seat = make.seat(Membership.objects.get(person=bo), occurrence)
    Seat.objects.filter(pk=seat.pk).update(state=Seat.State.DECLINED)


def is_quiet(bo: Person, _occurrence: Occurrence) -> None:
    """Make it quiet from an hour before now until after the session has begun."""
    local = HOUR_BEFORE.astimezone(bo.tz)
    minutes = local.hour * 60 + local.minute
    choose_quiet_hours(
        person=bo, quiet=(minutes - 60, minutes + 180), allows_urgent=False, now=LONG_AGO
    )


@dataclass(frozen=True)
class Case:
    """Something that happens after a notice was claimed, and the reason to drop it then."""

    reason: Reason
    happens: Callable[[Person, Occurrence], object] = lambda _bo, _occurrence: None
    kind: Kind = Kind.REMINDER
    is_about_group: bool = False


CASES: Final = {
    "session cancelled": Case(
        Reason.CANCELLED, lambda *_: Occurrence.objects.update(cancelled_at=HOUR_BEFORE)
    ),
    "session not cancelled after all": Case(Reason.CANCELLED, kind=Kind.CANCELLED),
    "group closed": Case(Reason.CANCELLED, lambda *_: Group.objects.update(closed_at=HOUR_BEFORE)),
    "group of a message closed": Case(
        Reason.CANCELLED,
        lambda *_: Group.objects.update(closed_at=HOUR_BEFORE),
        kind=Kind.MESSAGE,
        is_about_group=True,
    ),
    "moved": Case(Reason.MOVED, lambda *_: Occurrence.objects.update(sequence=1)),
    "expired": Case(Reason.TOO_LATE, lambda *_: Notice.objects.update(expires_at=HOUR_BEFORE)),
    "begun": Case(Reason.TOO_LATE, lambda *_: Occurrence.objects.update(starts_at=HOUR_BEFORE)),
    "left": Case(Reason.LEFT, lambda *_: Membership.objects.update(state=Membership.State.LEFT)),
    "account closed": Case(
        Reason.LEFT, lambda *_: Person.objects.update(deactivated_at=HOUR_BEFORE)
    ),
    "declined": Case(Reason.DECLINED, declines),
    "no offer stands": Case(Reason.SETTLED, kind=Kind.OFFERED),
    "withdrawn": Case(
        Reason.WITHDRAWN,
        lambda bo, _: withdraw(person=bo, transport=Transport.EMAIL, now=HOUR_BEFORE),
    ),
    "address lost": Case(
        Reason.UNREACHABLE, lambda *_: Person.objects.update(email_verified_at=None)
    ),
    "quiet": Case(Reason.QUIET, is_quiet),
}


def test_the_cases_cover_every_reason() -> None:
    assert {case.reason for case in CASES.values()} == set(Reason) - AT_THE_HANDOVER


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_checkpoint_stops_what_a_later_reading_would_drop_for_a_reason_it_checks(
    case: Case, bo: Person, occurrence: Occurrence
) -> None:
    about = {"group": occurrence.group} if case.is_about_group else {}
    notice = claimed(bo, occurrence, case.kind, **about)
    case.happens(bo, occurrence)
    (due,) = read_due_notices(Notice.objects.filter(pk=notice.pk))
    assert reason_to_drop(due, HOUR_BEFORE) == case.reason
    is_stopped = advance(notice) == []
    assert is_stopped is (case.reason in checkpoint.CHECKED_AGAIN)


@pytest.mark.parametrize("kind", [Kind.REMINDER, Kind.MOVED, Kind.CANCELLED, Kind.MESSAGE])
def test_what_is_valid_passes_both(kind: Kind, bo: Person, occurrence: Occurrence) -> None:
    about = {"group": occurrence.group} if kind == Kind.MESSAGE else {}
    Occurrence.objects.update(cancelled_at=HOUR_BEFORE if kind == Kind.CANCELLED else None)
    notice = claimed(bo, occurrence, kind, **about)
    (due,) = read_due_notices(Notice.objects.filter(pk=notice.pk))
    assert reason_to_drop(due, HOUR_BEFORE) is None
    assert advance(notice) == [notice.pk]


def test_one_statement_settles_the_message_before_and_marks_the_next(
    bo: Person, occurrence: Occurrence
) -> None:
    before, following = claimed(bo, occurrence, Kind.MOVED), claimed(bo, occurrence)
    advance(before)
    key = uuid4()
    assert advance(following, accepted=(before,), message_key=key) == [following.pk]
    before.refresh_from_db()
    following.refresh_from_db()
    assert (before.state, before.done_at, before.message_key == key) == ("done", HOUR_BEFORE, False)
    assert (following.state, following.handed_at, following.message_key) == (
        "handed", HOUR_BEFORE, key,
    )  # fmt: skip


def test_what_was_reclaimed_as_unconfirmed_is_settled_by_the_process_that_wakes(
    bo: Person, occurrence: Occurrence
) -> None:
    notice = claimed(bo, occurrence, state="unconfirmed")
    advance(accepted=(notice,))
    notice.refresh_from_db()
    assert notice.state == "done"


@pytest.mark.parametrize(
    "more", [{"lease_until": HOUR_BEFORE}, {"lease_token": 2}, {"state": "planned"}]
)
def test_nothing_is_marked_that_the_claim_no_longer_holds(
    more: dict[str, Any], bo: Person, occurrence: Occurrence
) -> None:
    assert advance(claimed(bo, occurrence, **more)) == []
