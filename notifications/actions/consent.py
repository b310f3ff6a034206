"""Letting us write, choosing when, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from notifications.models import Consent, Notice, ReminderChoice, Way
from notifications.planner import plan_person
from scheduler.models import Person

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

# Raise it whenever the sentence that people agree to changes (templates/notifications/consent.html).
WORDING_VERSION: Final = "2026-11"


@transaction.atomic
def choose_reminders(*, person: Person, way: Way, leads: Collection[int], now: datetime) -> Consent:
    """Consent to reminders by one way, these many minutes before each session.

    Choosing again keeps the consent that is in force, unless its wording has changed.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    consent = _renew_consent(person, way, now)
    chosen = ReminderChoice.objects.filter(person=person, way=way)
    chosen.exclude(lead_minutes__in=leads).delete()
    ReminderChoice.objects.bulk_create(
        [
            ReminderChoice(person=person, way=way, lead_minutes=lead, chosen_at=now)
            for lead in leads
        ],
        ignore_conflicts=True,
    )
    plan_person(person, now)
    return consent


@transaction.atomic
def withdraw(*, person: Person, way: Way, now: datetime) -> None:
    """Stop everything by one way, also what a dispatcher has claimed but not handed over yet.

    Doing it twice changes nothing: mail programs send their request more than once.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    Consent.objects.in_force().filter(person=person, way=way).update(withdrawn_at=now)
    queued = Notice.objects.filter(
        person=person, way=way, state__in=[Notice.State.PLANNED, Notice.State.CLAIMED]
    )
    queued.update(state=Notice.State.DROPPED, reason=Notice.Reason.WITHDRAWN, done_at=now)


def _renew_consent(person: Person, way: Way, now: datetime) -> Consent:
    in_force = Consent.objects.in_force().filter(person=person, way=way)
    in_force.exclude(wording_version=WORDING_VERSION).update(withdrawn_at=now)
    consent, _ = in_force.get_or_create(
        person=person,
        way=way,
        withdrawn_at=None,
        defaults={"wording_version": WORDING_VERSION, "granted_at": now},
    )
    return consent
