"""What remains of a meeting: who was there, who was removed, what was reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.db import models

from scheduler.models import Group, Membership, Occurrence

if TYPE_CHECKING:
    from datetime import timedelta

    from accounts.models import Person

REASON_LENGTH: Final = 500


class Attendance(models.Model):
    """One stay of one member, for the group's facilitators; kept 90 days, then counted."""

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="attendances")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="attendances")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["joined_at"], name="attendance_by_time")]

    @property
    def length(self) -> timedelta | None:
        """Return how long it lasted; None while it lasts."""
        return self.left_at - self.joined_at if self.left_at else None


class AttendanceCount(models.Model):
    """How many people came to a session, once nobody needs to know who they were."""

    occurrence = models.OneToOneField(Occurrence, models.CASCADE, related_name="attendance_count")
    people = models.PositiveSmallIntegerField()


class RemovalQuerySet(models.QuerySet["Removal"]):
    """Removals, as somebody may see them."""

    def about(self, person: Person) -> Self:
        """Keep those of this person, the newest first."""
        return self.filter(membership__person=person).order_by("-at")

    def to_review(self, group: Group) -> Self:
        """Keep those from a whole group that no second facilitator has decided."""
        return self.filter(
            occurrence__group=group, scope=Removal.Scope.GROUP, reviewed_at=None
        ).order_by("at")


class Removal(models.Model):
    """A person turned out of a session; for the whole group a second facilitator must agree.

    ``by`` is None where a coordinator who does not belong to the group asked for it.
    """

    class Scope(models.TextChoices):
        """How far it reaches."""

        SESSION = "session"
        GROUP = "group"

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="removals")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="removals")
    by = models.ForeignKey(Membership, models.CASCADE, null=True, related_name="+")
    reason = models.CharField(max_length=REASON_LENGTH)
    scope = models.CharField(max_length=8, choices=Scope.choices)
    at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    is_upheld = models.BooleanField(null=True)
    asked = models.CharField(max_length=REASON_LENGTH, blank=True)  # what the person says to it
    asked_at = models.DateTimeField(null=True)

    objects = RemovalQuerySet.as_manager()
