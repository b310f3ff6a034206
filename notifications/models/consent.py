"""What people allowed us to send them, under which wording, and how long before they want it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models.ledger import Way
from scheduler.models import Person
from scheduler.models.fields import KeyField

if TYPE_CHECKING:
    from datetime import datetime

DEFAULT_LEADS: Final = (24 * 60, 60)  # minutes: two reminders, a day and an hour before


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents, in force or not."""

    def in_force(self) -> Self:
        """Leave out withdrawn ones."""
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    """A person's yes to one way of being reached. A withdrawn one stays, as proof of both acts.

    ``key`` is what an unsubscribe address holds: it can stop messages and do nothing else.
    """

    key = KeyField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    way = models.CharField(max_length=8, choices=Way.choices)
    wording_version = models.CharField(max_length=12)
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[ConsentQuerySet] = ConsentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "way"],
                condition=Q(withdrawn_at=None),
                name="consent_is_given_once",
            )
        ]


class ReminderChoice(models.Model):
    """One moment at which a person wants a reminder: minutes before the start, by one way."""

    class Lead(models.IntegerChoices):
        """How long before."""

        WEEK = 7 * 24 * 60, _("a week before")
        THREE_DAYS = 3 * 24 * 60, _("three days before")
        DAY = 24 * 60, _("a day before")
        THREE_HOURS = 3 * 60, _("three hours before")
        HOUR = 60, _("an hour before")
        QUARTER = 15, _("15 minutes before")
        FIVE_MINUTES = 5, _("5 minutes before")

    person = models.ForeignKey(Person, models.CASCADE, related_name="reminder_choices")
    way = models.CharField(max_length=8, choices=Way.choices)
    lead_minutes = models.PositiveSmallIntegerField(choices=Lead.choices)
    chosen_at: models.DateTimeField[datetime | str, datetime] = models.DateTimeField(
        default=timezone.now
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "way", "lead_minutes"], name="choice_is_made_once"
            )
        ]
