"""Requests for a group that does not exist yet, and offers to join a new one."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import KeyField
from accounts.models.person import Person
from scheduler.models.availability import WeeklyAvailability
from scheduler.models.groups import Group
from scheduler.models.organisations import Organisation


class GroupRequestQuerySet(models.QuerySet["GroupRequest"]):
    """Requests for a group."""

    def open(self) -> Self:
        """Keep open requests of active accounts."""
        return self.filter(ended_at=None, person__deactivated_at=None)

    def unplaced(self) -> Self:
        """Keep open requests without an open offer."""
        asked = GroupOffer.objects.waiting().filter(request=OuterRef("pk"))
        return self.open().filter(~Exists(asked))

    def with_week(self) -> Self:
        """Keep requests of people who share their week with coordinators."""
        weeks = WeeklyAvailability.objects.shared_with_coordinators().filter(
            person=OuterRef("person")
        )
        return self.filter(Exists(weeks))


class GroupRequest(models.Model):
    """A request to one organisation; it learns the languages and nothing else about the person."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="group_requests")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="group_requests")
    since = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = GroupRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(ended_at=None),
                name="group_request_is_one_per_organisation",
            )
        ]

    @property
    def languages(self) -> list[str]:
        """Return the codes of the requested languages, in alphabetical order."""
        return sorted(row.language for row in self.spoken.all())


class GroupRequestLanguage(models.Model):
    """One language of a request."""

    request = models.ForeignKey(GroupRequest, models.CASCADE, related_name="spoken")
    language = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "language"], name="group_request_language_is_once"
            )
        ]


class GroupOfferQuerySet(models.QuerySet["GroupOffer"]):
    """Offers to join a new group."""

    def waiting(self) -> Self:
        """Keep offers that can be accepted."""
        return self.filter(
            answer=GroupOffer.Answer.NONE, group__closed_at=None, request__ended_at=None
        )

    def offered_to(self, person: Person) -> Self:
        """Keep the open offers of a person, with what their page reads."""
        return (
            self.waiting()
            .filter(request__person=person)
            .select_related("group__organisation", "request__person")
            .prefetch_related("group__spoken", "group__series")
            .order_by("offered_at", "pk")
        )


class GroupOffer(models.Model):
    """An offer to one person to join a new group; nobody is added without accepting."""

    class Answer(models.TextChoices):
        """The answer to an offer."""

        NONE = "none", _("No answer yet")
        TAKEN = "taken", _("Taken")
        DECLINED = "declined", _("Declined")

    key = KeyField()
    request = models.ForeignKey(GroupRequest, models.CASCADE, related_name="offers")
    group = models.ForeignKey(Group, models.CASCADE, related_name="offers")
    offered_at = models.DateTimeField(default=timezone.now, editable=False)
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.NONE)

    objects = GroupOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "group"], name="group_offer_is_made_once")
        ]
