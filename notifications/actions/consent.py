"""Letting us write, and taking it back: for each topic and each way by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from accounts.models import Person
from notifications.models import Consent, Notice, Topic, Transport
from notifications.models.consent import kinds_of
from notifications.planning.planner import plan_person

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

# Raise it whenever the sentence that people agree to changes (templates/notifications/consent.html).
WORDING_VERSION: Final = "2026-11b"


@transaction.atomic
def allow(
    *, person: Person, transport: Transport, topics: Collection[Topic], now: datetime
) -> None:
    """Consent to some topics by one way.

    Allowing again keeps the consent that is in force, unless its wording has changed.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    for topic in topics:
        _renew(person, topic, transport, now)
    plan_person(person, now)


@transaction.atomic
def withdraw(
    *, person: Person, transport: Transport, topics: Collection[Topic] = tuple(Topic), now: datetime
) -> None:
    """Stop some topics by one way, also what a dispatcher has claimed but not handed over yet.

    Doing it twice changes nothing: mail programs send their request more than once. What lies in
    the inbox disturbs nobody: news goes on to lie there.
    """
    if transport == Transport.INBOX:
        topics = {Topic.REMINDERS}.intersection(topics)
    Person.objects.select_for_update().get(pk=person.pk)
    given = Consent.objects.in_force().filter(person=person, transport=transport, topic__in=topics)
    given.update(withdrawn_at=now)
    queued = Notice.objects.filter(
        person=person,
        transport=transport,
        kind__in=kinds_of(set(topics)),
        state__in=[Notice.State.PLANNED, Notice.State.CLAIMED],
    )
    queued.update(state=Notice.State.DROPPED, reason=Notice.Reason.WITHDRAWN, done_at=now)


def _renew(person: Person, topic: Topic, transport: Transport, now: datetime) -> None:
    given = Consent.objects.in_force().filter(person=person, topic=topic, transport=transport)
    given.exclude(wording_version=WORDING_VERSION).update(withdrawn_at=now)
    given.get_or_create(
        person=person,
        topic=topic,
        transport=transport,
        withdrawn_at=None,
        defaults={"wording_version": WORDING_VERSION, "granted_at": now},
    )
