"""What remains of a meeting: who was there, who was removed, what was reported."""

from __future__ import annotations

from django.db import models

from scheduler.models import Membership, Occurrence


class Attendance(models.Model):
    """One stay of one member, for the group's facilitators; kept 90 days."""

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="attendances")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="attendances")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["joined_at"], name="attendance_by_time")]


class Removal(models.Model):
    """A person turned out of a session; for the whole group a second facilitator must agree."""

    class Scope(models.TextChoices):
        """How far it reaches."""

        SESSION = "session"
        GROUP = "group"

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="removals")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="removals")
    by = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=500)
    scope = models.CharField(max_length=8, choices=Scope.choices)
    at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    is_upheld = models.BooleanField(null=True)


class Report(models.Model):
    """What somebody reported, with a sealed copy of the last lines of the room.

    ``seal`` is the SHA-256 of the copy as it was taken: an altered copy no longer matches.
    """

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="reports")
    about = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    by = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=500)
    lines = models.JSONField(default=list)
    seal = models.CharField(max_length=64)
    at = models.DateTimeField()
