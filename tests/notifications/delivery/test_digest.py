from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from django.utils import timezone

from notifications.actions.consent import allow
from notifications.delivery.dispatcher import dispatch
from notifications.delivery.leases import claim
from notifications.models import Notice, Topic, Transport
from tests import make
from tests.support.reminders import NOW, reader, session

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import Occurrence
    from tests.support.smtp_server import SmtpServer

CHANGES = ("moved", "restored", "substitute", "welcome")


@pytest.fixture
def bo() -> Person:
    made = reader("bo")
    allow(person=made, transport=Transport.EMAIL, topics=list(Topic), now=NOW)
    return made


@pytest.fixture
def occurrence(bo: Person) -> Occurrence:
    made = session(bo)
    made.starts_at, made.ends_at = (timezone.now() + timedelta(days=n) for n in (1, 2))
    made.save()
    return made


def create_notices(person: Person, occurrence: Occurrence, *kinds: str) -> list[int]:
    """Create notices that are due one after the other."""
    now = timezone.now() - timedelta(minutes=1)
    return [
        Notice.objects.create(
            person=person, occurrence=occurrence, kind=kind, transport=Transport.EMAIL, version=0,
            is_urgent=number == 0, due_at=now, next_try_at=now + timedelta(seconds=number),
            expires_at=occurrence.starts_at,
        ).pk
        for number, kind in enumerate(kinds)
    ]  # fmt: skip


def held() -> set[int]:
    return set(Notice.objects.filter(state="claimed").values_list("pk", flat=True))


@pytest.mark.django_db
def test_a_claim_takes_all_notices_of_the_last_person_it_reaches(
    bo: Person, occurrence: Occurrence
) -> None:
    amina = make.person("amina")
    create_notices(amina, occurrence, "moved")
    notices = create_notices(bo, occurrence, *CHANGES)
    assert claim(Transport.EMAIL, 1, timezone.now(), limit=2) is not None
    assert held() >= set(notices)


@pytest.mark.django_db
def test_a_claim_that_reaches_a_reminder_takes_no_more_than_it_may(
    bo: Person, occurrence: Occurrence
) -> None:
    create_notices(bo, occurrence, "reminder", "moved")
    assert claim(Transport.EMAIL, 1, timezone.now(), limit=1) is not None
    assert len(held()) == 1


@pytest.mark.django_db
def test_what_one_person_must_hear_leaves_as_one_message_wherever_the_batch_ends(
    bo: Person, occurrence: Occurrence, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_notices(bo, occurrence, *CHANGES)
    monkeypatch.setattr("notifications.delivery.leases.BATCH_SIZE", 2)
    assert dispatch(Transport.EMAIL) == {"done": len(CHANGES)}
    assert smtp_server.subjects == [f"{len(CHANGES)} things to know"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_person_of_whom_another_dispatcher_takes_a_part_is_left_to_the_next_claim(
    bo: Person, occurrence: Occurrence
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    notices = create_notices(bo, occurrence, *CHANGES)
    taken, released = Event(), Event()

    def take_a_part() -> None:
        with transaction.atomic():
            list(Notice.objects.filter(pk=notices[-1]).select_for_update())
            taken.set()
            released.wait(20)
        connection.close()

    other = Thread(target=take_a_part)
    other.start()
    assert taken.wait(20)
    assert claim(Transport.EMAIL, 1, timezone.now(), limit=2) is None
    released.set()
    other.join()
    assert claim(Transport.EMAIL, 1, timezone.now(), limit=2) is not None
    assert held() == set(notices)
