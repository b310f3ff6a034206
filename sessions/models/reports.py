"""Reports of people in a room: who may read them, who did, and how they were decided."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from scheduler.models import Affiliation, Membership, Occurrence, Organisation
from sessions.models.records import REASON_LENGTH

if TYPE_CHECKING:
    from collections.abc import Sequence

SEAL_LENGTH: Final = 64


def seal_of(messages: Sequence[dict[str, Any]]) -> str:
    """Return the SHA-256 of a copy of messages, in hex."""
    return hashlib.sha256(json.dumps(messages, sort_keys=True).encode()).hexdigest()


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports, by who may read them."""

    def readable_by(self, person: Person) -> Self:
        """Keep reports that a person may open: none that they made or that is about them.

        Coordinators of the group's organisation may open a report, and so may the group's
        facilitators. One about a facilitator is left to coordinators, unless none of them is
        impartial.
        """
        own = Organisation.objects.coordinated_by(person)
        runs = Membership.objects.active().facilitating().filter(person=person)
        impartial = Affiliation.objects.filter(
            role=Affiliation.Role.COORDINATOR,
            organisation=OuterRef("occurrence__group__organisation"),
            person__deactivated_at=None,
        ).exclude(person=OuterRef("about__person"))
        impartial = impartial.exclude(person=OuterRef("by__person"))
        among_peers = Q(about__role=Membership.Role.MEMBER) | ~Exists(impartial)
        return self.exclude(Q(by__person=person) | Q(about__person=person)).filter(
            Q(occurrence__group__organisation__in=own)
            | (Q(occurrence__group__in=runs.values("group")) & among_peers)
        )

    def undecided(self) -> Self:
        """Keep reports without a decision, the oldest first."""
        return self.filter(decided_at=None).order_by("at", "pk")

    def decided(self) -> Self:
        """Keep reports with a decision, the latest decision first."""
        return self.exclude(decided_at=None).order_by("-decided_at", "-pk")

    def made_by(self, person: Person) -> Self:
        """Keep reports made by this person, the latest first."""
        return self.filter(by__person=person).order_by("-at", "-pk")

    def for_list(self) -> Self:
        """Select the group, and annotate ``is_read``: whether anybody has opened the report."""
        return self.select_related("occurrence__group").annotate(
            is_read=Exists(ReportReading.objects.filter(report=OuterRef("pk")))
        )


class Report(models.Model):
    """A report, with a sealed copy of the last messages of the room.

    ``seal`` is the SHA-256 of ``messages`` as they were copied, so that a change can be detected.
    ``scrubbed_at`` is when the texts were deleted.
    """

    class Decision(models.TextChoices):
        """How a report was decided."""

        NO_ACTION = "no_action", _("Nothing more needs to be done")
        SPOKEN = "spoken", _("Somebody has spoken with the person")
        REMOVAL = (
            "removal",
            _("The person should leave the group: a second facilitator decides"),
        )
        CLOSED = "closed", _("It cannot be judged from here")

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="reports")
    about = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    by = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=REASON_LENGTH)
    messages = models.JSONField(default=list)
    seal = models.CharField(max_length=SEAL_LENGTH)
    at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    note = models.CharField(max_length=REASON_LENGTH, blank=True)
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    scrubbed_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    if TYPE_CHECKING:  # set by ``for_list`` only
        is_read: bool

    @property
    def is_whole(self) -> bool:
        """Whether the messages still match the seal."""
        return seal_of(self.messages) == self.seal

    @property
    def has_helped(self) -> bool:
        """Whether something was done, which is all that the reporter is shown."""
        return self.decision in {self.Decision.SPOKEN, self.Decision.REMOVAL}


class ReportReading(models.Model):
    """One opening of a report. ``alias`` is of the group, empty for a coordinator."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="readings")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    alias = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
