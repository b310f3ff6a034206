"""Partner organisations, and what people do for them."""

from __future__ import annotations

from datetime import time
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import KeyField
from accounts.models.person import Person

NAME_LENGTH = 80
DEFAULT_SESSIONS_PER_WEEK = 3  # what a person leads well beside their own work
MAX_SESSIONS_PER_WEEK = 20


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations."""

    def coordinated_by(self, person: Person) -> Self:
        """Keep the organisations that this person coordinates."""
        return self.filter(
            affiliations__person=person, affiliations__role=Affiliation.Role.COORDINATOR
        )


class Organisation(models.Model):
    """A partner: a clinic, a charity, a fellowship, a health service."""

    key = KeyField()
    name = models.CharField(_("name"), max_length=NAME_LENGTH, unique=True)
    country = models.CharField(_("country"), max_length=2, blank=True)  # ISO 3166-1 alpha-2
    allows_guests = models.BooleanField(
        _("groups may let people in without an account"), default=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OrganisationQuerySet.as_manager()


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    """Affiliations of people with organisations."""

    def substitutes(self) -> Self:
        """Keep people who are trained to cover sessions of other people's groups."""
        return self.filter(substitutes_since__isnull=False, person__deactivated_at=None)


class Affiliation(models.Model):
    """What a person does for an organisation, and when they may be invited to cover sessions.

    ``awake_from`` and ``awake_until`` are wall-clock times in the person's present zone; an
    ``awake_until`` before ``awake_from`` is on the next day.
    """

    class Role(models.TextChoices):
        """A coordinator may do everything a facilitator may."""

        FACILITATOR = "facilitator", _("Facilitator")
        COORDINATOR = "coordinator", _("Coordinator")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="affiliations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations")
    role = models.CharField(max_length=12, choices=Role.choices)
    since = models.DateTimeField(default=timezone.now, editable=False)
    substitutes_since = models.DateTimeField(null=True, editable=False)
    awake_from = models.TimeField(_("not before"), default=time(7))
    awake_until = models.TimeField(_("not after"), default=time(22))
    max_sessions_per_week = models.PositiveSmallIntegerField(
        _("sessions a week at most"),
        default=DEFAULT_SESSIONS_PER_WEEK,
        validators=[MaxValueValidator(MAX_SESSIONS_PER_WEEK)],
    )

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person"], name="affiliation_is_one_per_organisation"
            )
        ]


class AffiliationLanguage(models.Model):
    """One language in which a person leads sessions for an organisation."""

    affiliation = models.ForeignKey(Affiliation, models.CASCADE, related_name="spoken")
    language = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliation", "language"], name="affiliation_language_is_once"
            )
        ]
