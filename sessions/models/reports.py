"""What was reported in a room: who may read it, who did, and what became of it."""

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


def seal_of(lines: Sequence[dict[str, Any]]) -> str:
    """Return what a copy of lines is sealed with: SHA-256 in hex."""
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports, as somebody may see them."""

    def readable_by(self, person: Person) -> Self:
        """Keep those that this person may open: never one that she made or that is about her.

        Coordinators of the group's organisation may, and the group's other facilitators. About a
        facilitator only coordinators may, so that nobody judges a colleague; the colleagues step
        in where no coordinator is free to.
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
        """Keep those that wait for an answer, the oldest first."""
        return self.filter(decided_at=None).order_by("at", "pk")

    def decided(self) -> Self:
        """Keep those that were answered, the latest first."""
        return self.exclude(decided_at=None).order_by("-decided_at", "-pk")

    def made_by(self, person: Person) -> Self:
        """Keep what this person reported, the latest first."""
        return self.filter(by__person=person).order_by("-at", "-pk")

    def for_list(self) -> Self:
        """Fetch what an unopened report shows: its group, its session and whether it was read."""
        return self.select_related("occurrence__group").annotate(
            is_read=Exists(ReportReading.objects.filter(report=OuterRef("pk")))
        )


class Report(models.Model):
    """What somebody reported, with a sealed copy of the last lines of the room.

    ``seal`` is the SHA-256 of the copy as it was taken: an altered copy no longer matches.
    ``scrubbed_at`` is when its words were deleted.
    """

    class Decision(models.TextChoices):
        """What became of it."""

        NO_ACTION = "no_action", _("Nothing more is to be done")
        SPOKEN = "spoken", _("Somebody has spoken with the person")
        REMOVAL = (
            "removal",
            _("The person shall leave the group: a facilitator looks a second time"),
        )
        CLOSED = "closed", _("It cannot be judged from here")

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="reports")
    about = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    by = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=REASON_LENGTH)
    lines = models.JSONField(default=list)
    seal = models.CharField(max_length=SEAL_LENGTH)
    at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    note = models.CharField(max_length=REASON_LENGTH, blank=True)
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    scrubbed_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    if TYPE_CHECKING:  # there only where ``for_list`` was asked for it
        is_read: bool

    @property
    def is_whole(self) -> bool:
        """Whether the copy is as it was taken."""
        return seal_of(self.lines) == self.seal

    @property
    def has_helped(self) -> bool:
        """Whether something was done; the one thing that whoever reported is told."""
        return self.decision in {self.Decision.SPOKEN, self.Decision.REMOVAL}


class ReportReading(models.Model):
    """One opening of a report: who, and when."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="readings")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    alias = models.CharField(max_length=40, blank=True)  # in the group; empty for a coordinator
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
