from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from accounts.models import Person
from notifications.actions.consent import withdraw
from notifications.delivery.dispatcher import RETRY_AFTER_DOWN, dispatch
from notifications.delivery.leases import LEASE, claim
from notifications.models import Notice, Transport
from notifications.planning.planner import plan
from notifications.transports.email import EmailSender
from scheduler.models import Group, Membership, Occurrence, Seat
from tests import make
from tests.support.reminders import NOW, reader, session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import Settings
    from time_machine import Traveller

    from notifications.queries.due_notices import DueNotice
    from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
HOUR_BEFORE = NOW + timedelta(hours=29)  # of a session in 30 hours


@pytest.fixture
def clock() -> Iterator[Traveller]:
    with time_machine.travel(HOUR_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def bo() -> Person:
    return reader("bo")


@pytest.fixture
def occurrence(bo: Person) -> Occurrence:
    made = session(bo)
    plan(NOW)
    return made


def ledger() -> list[tuple[int, str, str]]:
    rows = Notice.objects.order_by("version", "-lead_minutes")
    return list(rows.values_list("lead_minutes", "state", "reason"))


def test_a_reminder_reaches_its_reader_once(
    occurrence: Occurrence, smtp_server: SmtpServer, clock: Traveller
) -> None:
    plan(HOUR_BEFORE)
    assert dispatch(Transport.EMAIL) == {"done": 1}
    assert dispatch(Transport.EMAIL) == {}
    assert smtp_server.recipients == ["bo@example.org"]
    assert ledger() == [(1440, "dropped", "too_late"), (60, "done", "")]


def test_the_day_before_goes_when_it_is_due(
    occurrence: Occurrence, smtp_server: SmtpServer, clock: Traveller
) -> None:
    clock.move_to(occurrence.starts_at - timedelta(hours=24))
    assert dispatch(Transport.EMAIL) == {"done": 1}
    assert ledger() == [(1440, "done", ""), (60, "planned", "")]


def test_nothing_goes_before_it_is_due(
    occurrence: Occurrence, smtp_server: SmtpServer, clock: Traveller
) -> None:
    clock.move_to(NOW)
    assert dispatch(Transport.EMAIL) == {}
    assert smtp_server.mails == []


def test_a_reminder_missed_in_an_outage_goes_while_the_session_has_not_begun(
    occurrence: Occurrence, smtp_server: SmtpServer, clock: Traveller
) -> None:
    clock.move_to(occurrence.starts_at - timedelta(minutes=1))
    plan(occurrence.starts_at - timedelta(minutes=1))
    assert dispatch(Transport.EMAIL) == {"done": 1}


def test_a_reminder_of_what_has_begun_is_dropped_with_its_reason(
    occurrence: Occurrence, smtp_server: SmtpServer, clock: Traveller
) -> None:
    clock.move_to(occurrence.starts_at)
    dispatch(Transport.EMAIL)
    assert smtp_server.mails == []
    assert set(ledger()) == {(1440, "dropped", "too_late"), (60, "dropped", "too_late")}


def change(name: str, occurrence: Occurrence, bo: Person) -> None:
    rows = Occurrence.objects.filter(pk=occurrence.pk)
    membership = Membership.objects.filter(person=bo)
    match name:
        case "cancelled":
            rows.update(cancelled_at=NOW)
        case "moved":
            later = {"starts_at": occurrence.starts_at, "ends_at": occurrence.ends_at}
            rows.update(sequence=1, **{name: at + timedelta(hours=5) for name, at in later.items()})
        case "group closed":
            Group.objects.update(closed_at=NOW)
        case "left":
            membership.update(state=Membership.State.LEFT)
        case "declined":
            seat = make.seat(membership.get(), occurrence)
            Seat.objects.filter(pk=seat.pk).update(state=Seat.State.DECLINED)
        case "withdrawn":
            withdraw(person=bo, transport=Transport.EMAIL, now=NOW)
        case "address lost":
            Person.objects.filter(pk=bo.pk).update(email_verified_at=None)
        case "account closed":
            Person.objects.filter(pk=bo.pk).update(deactivated_at=NOW)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("cancelled", "cancelled"),
        ("moved", "moved"),
        ("group closed", "cancelled"),
        ("left", "left"),
        ("declined", "declined"),
        ("withdrawn", "withdrawn"),
        ("address lost", "unreachable"),
        ("account closed", "left"),
    ],
)
@pytest.mark.usefixtures("clock")
def test_what_is_no_longer_true_is_dropped_with_its_reason(
    name: str, reason: str, occurrence: Occurrence, bo: Person, smtp_server: SmtpServer
) -> None:
    change(name, occurrence, bo)
    dispatch(Transport.EMAIL)
    assert smtp_server.mails == []
    assert (60, "dropped", reason) in ledger()


def test_a_moved_session_is_reminded_of_at_its_new_hour_once(
    occurrence: Occurrence, bo: Person, smtp_server: SmtpServer, clock: Traveller
) -> None:
    change("moved", occurrence, bo)
    plan(HOUR_BEFORE)
    clock.move_to(HOUR_BEFORE + timedelta(hours=5))
    dispatch(Transport.EMAIL)
    dispatch(Transport.EMAIL)
    assert len(smtp_server.mails) == 1
    assert (60, "done", "") in ledger()


def test_a_consent_withdrawn_between_claim_and_hand_over_is_honoured(
    occurrence: Occurrence, bo: Person, smtp_server: SmtpServer, clock: Traveller
) -> None:
    held = claim(Transport.EMAIL, 1, HOUR_BEFORE)
    assert held is not None
    withdraw(person=bo, transport=Transport.EMAIL, now=HOUR_BEFORE)
    dispatch(Transport.EMAIL)
    assert smtp_server.mails == []


def test_one_connection_carries_a_batch(smtp_server: SmtpServer, clock: Traveller) -> None:
    session(reader("amina"), reader("bo"), reader("dana"))
    plan(HOUR_BEFORE)
    assert dispatch(Transport.EMAIL) == {"done": 3}
    assert smtp_server.connections == 1


def test_a_refused_address_fails_alone(smtp_server: SmtpServer, clock: Traveller) -> None:
    session(reader("amina"), reader("bo"), reader("dana"))
    plan(HOUR_BEFORE)
    smtp_server.answers_to_recipient = ["550 no such user"]
    assert dispatch(Transport.EMAIL) == {"failed": 1, "done": 2}
    assert set(Notice.objects.filter(state="failed").values_list("reason")) == {("refused",)}


@pytest.mark.parametrize("stage", ["answers_to_recipient", "answers_to_data"])
def test_a_passing_refusal_is_tried_again_a_little_later(
    stage: str, occurrence: Occurrence, smtp_server: SmtpServer, clock: Traveller
) -> None:
    getattr(smtp_server, stage).append("451 come back")
    assert dispatch(Transport.EMAIL)["planned"] == 1
    assert dispatch(Transport.EMAIL) == {}
    clock.shift(timedelta(seconds=11))
    assert dispatch(Transport.EMAIL) == {"done": 1}
    assert len(smtp_server.mails) == 1


def test_refused_until_the_session_begins_is_a_failure_not_a_silence(
    occurrence: Occurrence, smtp_server: SmtpServer, clock: Traveller
) -> None:
    smtp_server.answers_to_recipient = ["451 come back"]
    clock.move_to(occurrence.starts_at - timedelta(seconds=5))
    dispatch(Transport.EMAIL)
    assert (60, "failed", "refused") in ledger()


def test_a_sender_that_is_refused_pauses_the_transport_and_fails_nobody(
    smtp_server: SmtpServer, clock: Traveller
) -> None:
    session(reader("amina"), reader("bo"))
    plan(HOUR_BEFORE)
    smtp_server.answers_to_sender = ["550 who are you"]
    assert dispatch(Transport.EMAIL) == {"planned": 1}
    assert set(Notice.objects.values_list("state", "attempts")) == {("planned", 0)}
    clock.shift(RETRY_AFTER_DOWN)
    assert dispatch(Transport.EMAIL) == {"done": 2}


def test_a_server_that_is_away_costs_nothing_but_time(
    occurrence: Occurrence, smtp_server: SmtpServer, clock: Traveller, settings: Settings
) -> None:
    settings.EMAIL_PORT, real = 1, smtp_server.port
    assert dispatch(Transport.EMAIL)["planned"] == 1
    settings.EMAIL_PORT = real
    clock.shift(RETRY_AFTER_DOWN)
    assert dispatch(Transport.EMAIL)["done"] == 1


def test_a_server_that_dies_before_its_answer_leaves_one_unconfirmed(
    smtp_server: SmtpServer, clock: Traveller
) -> None:
    session(reader("amina"), reader("bo"), reader("dana"))
    plan(HOUR_BEFORE)
    smtp_server.drops_after_data = 1
    assert dispatch(Transport.EMAIL) == {"unconfirmed": 1, "done": 2}
    dispatch(Transport.EMAIL)
    assert len(smtp_server.mails) == 3


def test_a_server_that_dies_again_and_again_is_left_alone(
    smtp_server: SmtpServer, clock: Traveller
) -> None:
    session(*(reader(f"reader{number}") for number in range(6)))
    plan(HOUR_BEFORE)
    smtp_server.drops_after_data = 6
    assert dispatch(Transport.EMAIL) == {"unconfirmed": 3}
    assert Notice.objects.filter(transport=Transport.EMAIL, state="planned").count() == 3


def test_what_a_dead_dispatcher_had_only_claimed_goes_after_its_lease(
    occurrence: Occurrence, smtp_server: SmtpServer, clock: Traveller
) -> None:
    claim(Transport.EMAIL, 1, HOUR_BEFORE)
    clock.shift(LEASE + timedelta(seconds=1))
    assert dispatch(Transport.EMAIL)["done"] == 1
    assert len(smtp_server.mails) == 1


def test_what_a_dead_dispatcher_was_handing_over_is_uncertain_and_not_sent_again(
    occurrence: Occurrence, smtp_server: SmtpServer, clock: Traveller
) -> None:
    held = claim(Transport.EMAIL, 1, HOUR_BEFORE)
    assert held is not None
    Notice.objects.filter(held.notices).update(state=Notice.State.HANDED)
    clock.shift(LEASE + timedelta(seconds=1))
    dispatch(Transport.EMAIL)
    assert smtp_server.mails == []
    assert (60, "unconfirmed", "") in ledger()


def test_urgent_ones_go_first(smtp_server: SmtpServer, clock: Traveller) -> None:
    session(reader("amina", leads=(24 * 60,)), starts_in=timedelta(hours=50))
    session(reader("bo", leads=(60,)))
    plan(NOW + timedelta(hours=3))
    plan(HOUR_BEFORE)
    dispatch(Transport.EMAIL)
    assert smtp_server.recipients == ["bo@example.org", "amina@example.org"]


def test_an_address_that_no_mail_can_carry_fails_alone(
    smtp_server: SmtpServer, clock: Traveller
) -> None:
    session(reader("amina"), reader("bo"))
    Person.objects.filter(username="amina").update(email="a\nb@example.org")
    plan(HOUR_BEFORE)
    assert dispatch(Transport.EMAIL) == {"failed": 1, "done": 1}
    assert smtp_server.recipients == ["bo@example.org"]


class FailingForAmina(EmailSender):
    """A sender that cannot compose a message to Amina."""

    def prepare(self, digest: list[DueNotice]) -> Callable[[], None]:
        if digest[0].notice.person.username == "amina":
            raise LookupError("no words")
        return super().prepare(digest)


def test_one_notice_that_cannot_be_written_holds_up_no_other(
    smtp_server: SmtpServer, clock: Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    session(reader("amina"), reader("bo"))
    plan(HOUR_BEFORE)
    assert dispatch(Transport.EMAIL, sender=FailingForAmina()) == {"failed": 1, "done": 1}
    assert "cannot be written" in caplog.text
    assert "amina" not in caplog.text.splitlines()[0]


def test_a_clock_that_is_put_forward_meanwhile_makes_no_notice_overdue(
    smtp_server: SmtpServer, clock: Traveller
) -> None:
    session(reader("amina"), reader("bo"), reader("dana"))
    plan(HOUR_BEFORE)

    class Jumping(EmailSender):
        """A sender during whose first message the clock is set."""

        def prepare(self, digest: list[DueNotice]) -> Callable[[], None]:
            clock.move_to(HOUR_BEFORE + timedelta(hours=3))
            return super().prepare(digest)

    assert dispatch(Transport.EMAIL, sender=Jumping()) == {"done": 3}


def test_nothing_more_is_claimed_by_a_clock_that_is_not_trusted_any_more(
    smtp_server: SmtpServer, clock: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    session(reader("amina"), reader("bo"), reader("dana"))
    plan(HOUR_BEFORE)
    monkeypatch.setattr("notifications.delivery.leases.BATCH_SIZE", 1)
    trusted = iter([True, True, False])
    dispatch(Transport.EMAIL, is_clock_right=lambda _now: next(trusted))
    assert len(smtp_server.mails) == 2
    assert Notice.objects.filter(transport=Transport.EMAIL, state="planned").count() == 1
