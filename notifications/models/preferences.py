"""What people chose: times of reminders, quiet hours, and how much a message may reveal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from scheduler.models import Membership

if TYPE_CHECKING:
    from datetime import datetime

DEFAULT_LEADS: Final = (24 * 60, 60)  # minutes: two reminders, a day and an hour before
MINUTES_PER_DAY: Final = 24 * 60


class Preferences(models.Model):
    """What one person chose for all messages; people who never chose have no row.

    ``quiet_from`` and ``quiet_until`` are minutes after midnight in the person's current time
    zone; an end before the beginning is on the next day. ``allows_urgent`` lets a change that
    cannot wait for the end of quiet hours be sent within them.
    """

    class Detail(models.TextChoices):
        """How much a message may reveal."""

        NEUTRAL = "neutral", _("Nothing: “Your session”")
        OWN_NAME = "own_name", _("My own name for the group, where I gave one")
        NAME = "name", _("The name of the group")

    person = models.OneToOneField(
        Person, models.CASCADE, primary_key=True, related_name="message_preferences"
    )
    quiet_from = models.PositiveSmallIntegerField(
        null=True, validators=[MaxValueValidator(MINUTES_PER_DAY - 1)]
    )
    quiet_until = models.PositiveSmallIntegerField(
        null=True, validators=[MaxValueValidator(MINUTES_PER_DAY - 1)]
    )
    allows_urgent = models.BooleanField(default=True)
    detail = models.CharField(max_length=8, choices=Detail.choices, default=Detail.NEUTRAL)
    wants_calendar_file = models.BooleanField(default=False)
    chosen_at: models.DateTimeField[datetime | str, datetime] = models.DateTimeField(
        default=timezone.now
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~Q(quiet_from=models.F("quiet_until")),
                name="quiet_hours_have_two_ends",
            )
        ]


class QuietSpan(models.Model):
    """One night, or day, of quiet hours in one time zone, as two instants.

    Python writes them from its tz database, so that no query needs one. One row serves all people
    in that zone who chose these hours.
    """

    tz = models.CharField(max_length=64)
    quiet_from = models.PositiveSmallIntegerField()
    quiet_until = models.PositiveSmallIntegerField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    tz_version = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tz", "quiet_from", "quiet_until", "begins_at"],
                name="quiet_span_is_written_once",
            )
        ]


class GroupReminders(models.Model):
    """One group has reminder times of its own for a member; without choices, it has no reminders."""

    membership = models.OneToOneField(
        Membership, models.CASCADE, primary_key=True, related_name="group_reminders"
    )


class ReminderChoiceQuerySet(models.QuerySet["ReminderChoice"]):
    """Reminder times."""

    def general(self) -> Self:
        """Keep those for all groups without times of their own."""
        return self.filter(group_reminders=None)


class ReminderChoice(models.Model):
    """One reminder that a person wants: so many minutes before the start.

    ``next_lead_minutes`` is the lead of the reminder after it, 0 being the start itself. It is
    stored because planning reads a million of these rows and must not search for it.
    """

    class Lead(models.IntegerChoices):
        """How long before the start, in minutes."""

        WEEK = 7 * 24 * 60, _("1 week before")
        THREE_DAYS = 3 * 24 * 60, _("3 days before")
        TWO_DAYS = 2 * 24 * 60, _("2 days before")
        DAY = 24 * 60, _("1 day before")
        SIX_HOURS = 6 * 60, _("6 hours before")
        THREE_HOURS = 3 * 60, _("3 hours before")
        TWO_HOURS = 2 * 60, _("2 hours before")
        HOUR = 60, _("1 hour before")
        HALF_HOUR = 30, _("30 minutes before")
        QUARTER = 15, _("15 minutes before")
        FIVE_MINUTES = 5, _("5 minutes before")

    person = models.ForeignKey(Person, models.CASCADE, related_name="reminder_choices")
    group_reminders = models.ForeignKey(
        GroupReminders, models.CASCADE, null=True, related_name="choices"
    )
    lead_minutes = models.PositiveSmallIntegerField(choices=Lead.choices)
    next_lead_minutes = models.PositiveSmallIntegerField(default=0)
    chosen_at: models.DateTimeField[datetime | str, datetime] = models.DateTimeField(
        default=timezone.now
    )

    objects = ReminderChoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "lead_minutes"],
                condition=Q(group_reminders=None),
                name="choice_is_made_once",
            ),
            models.UniqueConstraint(
                fields=["group_reminders", "lead_minutes"], name="group_choice_is_made_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["person"],
                condition=Q(lead_minutes__gt=MINUTES_PER_DAY),
                name="choice_far_ahead",  # few people have one, and each far session searches them
            )
        ]
