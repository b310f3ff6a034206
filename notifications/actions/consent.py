"""Consent to a topic on a transport, given and withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from accounts.models import Person
from notifications.actions.reminder_times import set_default_leads
from notifications.kinds.registry import kinds_of_topics
from notifications.models import Consent, Notice, Topic, Transport
from notifications.planning.planner import plan_person

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

# Change it with each change of what people agree to (templates/notifications/consent.html).
WORDING_VERSION: Final = "2026-12a"


@transaction.atomic
def allow(
    *, person: Person, transport: Transport, topics: Collection[Topic], now: datetime
) -> None:
    """Give consent to some topics on one transport.

    A consent in force is kept, unless its wording has changed: then it is replaced.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    for topic in topics:
        _renew(person, topic, transport, now)
    plan_person(person, now)


@transaction.atomic
def allow_first(*, person: Person, transport: Transport, now: datetime) -> None:
    """Consent to all topics on a transport whose address was just verified, with default reminders.

    A person who has consents in force there, because they replace an address, keeps these.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    set_default_leads(person, now)
    if not Consent.objects.in_force().filter(person=person, transport=transport).exists():
        allow(person=person, transport=transport, topics=tuple(Topic), now=now)


@transaction.atomic
def withdraw(
    *, person: Person, transport: Transport, topics: Collection[Topic] = tuple(Topic), now: datetime
) -> None:
    """Withdraw consent to some topics on one transport, and drop what was not handed over yet.

    Idempotent: mail programs repeat their requests. In the inbox only reminders can be stopped,
    because other notices there need no consent.
    """
    if transport == Transport.INBOX:
        topics = {Topic.REMINDERS}.intersection(topics)
    Person.objects.select_for_update().get(pk=person.pk)
    given = Consent.objects.in_force().filter(person=person, transport=transport, topic__in=topics)
    given.update(withdrawn_at=now)
    queued = Notice.objects.filter(
        person=person,
        transport=transport,
        kind__in=kinds_of_topics(topics),
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
