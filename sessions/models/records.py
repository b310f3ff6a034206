"""Records of a session: attendance and removals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.db import models

from scheduler.models import Group, Membership, Occurrence

if TYPE_CHECKING:
    from datetime import timedelta

    from accounts.models import Person

REASON_LENGTH: Final = 500


class Attendance(models.Model):
    """One stay of one member in a session. After 90 days only the number of people is kept."""

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="attendances")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="attendances")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["joined_at"], name="attendance_by_time")]

    @property
    def length(self) -> timedelta | None:
        """Return how long the stay was; None while it lasts."""
        return self.left_at - self.joined_at if self.left_at else None


class AttendanceCount(models.Model):
    """How many people came to a session whose attendance was deleted."""

    occurrence = models.OneToOneField(Occurrence, models.CASCADE, related_name="attendance_count")
    people = models.PositiveSmallIntegerField()


class RemovalQuerySet(models.QuerySet["Removal"]):
    """Removals."""

    def about(self, person: Person) -> Self:
        """Keep removals of this person, the newest first."""
        return self.filter(membership__person=person).order_by("-at")

    def to_review(self, group: Group) -> Self:
        """Keep removals from this group without a second facilitator's decision, the oldest first."""
        return self.filter(
            occurrence__group=group, scope=Removal.Scope.GROUP, reviewed_at=None
        ).order_by("at")


class Removal(models.Model):
    """A person removed from a session; removal from the group needs a second facilitator.

    ``by`` is None if a coordinator who is no member of the group asked for it. ``appeal`` is what
    the removed person wrote to the facilitators.
    """

    class Scope(models.TextChoices):
        """How far a removal reaches."""

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
    appeal = models.CharField(max_length=REASON_LENGTH, blank=True)
    appealed_at = models.DateTimeField(null=True)

    objects = RemovalQuerySet.as_manager()
