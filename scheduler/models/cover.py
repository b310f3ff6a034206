"""Requests for cover of a session, and the people invited to lead it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from accounts.fields import KeyField
from accounts.models.person import Person
from scheduler.models.choices import CoverAnswer
from scheduler.models.schedule import Occurrence

if TYPE_CHECKING:
    from datetime import datetime


class CoverRequestQuerySet(models.QuerySet["CoverRequest"]):
    """Requests for cover."""

    def open_with_counts(self) -> Self:
        """Keep open requests; add ``asked`` and ``cannot``, the numbers of invitations and of refusals."""
        declined = Q(invitations__answer=CoverAnswer.DECLINED)
        return self.filter(closed_at=None).annotate(
            asked=Count("invitations"), cannot=Count("invitations", filter=declined)
        )


class CoverRequest(models.Model):
    """A facilitator cannot lead a session. Open until somebody accepts or it is withdrawn."""

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="cover_requests")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    taken_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects = CoverRequestQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence"],
                condition=Q(closed_at=None),
                name="cover_is_asked_for_once_at_a_time",
            )
        ]


class CoverInvitationQuerySet(models.QuerySet["CoverInvitation"]):
    """Invitations to cover a session."""

    def waiting(self, now: datetime) -> Self:
        """Keep invitations that can be accepted and are not answered."""
        return self._ahead(now).filter(request__closed_at=None, answer=CoverInvitation.Answer.NONE)

    def taken_by_others(self) -> Self:
        """Keep unanswered invitations to sessions that somebody else accepted."""
        return self.filter(
            request__taken_by__isnull=False, answer=CoverInvitation.Answer.NONE
        ).exclude(request__taken_by=models.F("person"))

    def accepted(self, now: datetime) -> Self:
        """Keep accepted invitations to sessions that are not over."""
        return self._ahead(now).filter(answer=CoverInvitation.Answer.ACCEPTED)

    def order_by_start(self) -> Self:
        """Fetch each with its session and group, in the order of their starts."""
        return self.select_related(
            "request__occurrence__group__organisation", "request__occurrence__substitute"
        ).order_by("request__occurrence__starts_at", "pk")

    def _ahead(self, now: datetime) -> Self:
        return self.filter(
            request__occurrence__cancelled_at=None, request__occurrence__ends_at__gt=now
        )


class CoverInvitation(models.Model):
    """One person who was invited to cover one session."""

    Answer = CoverAnswer

    key = KeyField()
    request = models.ForeignKey(CoverRequest, models.CASCADE, related_name="invitations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="cover_invitations")
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.NONE)
    answered_at = models.DateTimeField(null=True, editable=False)

    objects = CoverInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "person"], name="cover_is_asked_of_each_person_once"
            )
        ]
        indexes = [models.Index(fields=["person", "answer"], name="cover_by_person")]
