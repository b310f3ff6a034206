"""Long searches that coordinators request, and the proposals they make."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import KeyField, ZoneField
from accounts.models.person import Person
from optimizer import Slot
from scheduler.models.choices import OPEN_SEARCH_STATES, SearchState
from scheduler.models.group_requests import GroupRequest
from scheduler.models.groups import Group
from scheduler.models.organisations import Organisation
from scheduler.models.schedule import Occurrence

if TYPE_CHECKING:
    from datetime import datetime

DRAFT_RETENTION = timedelta(weeks=4)
MAX_ATTEMPTS = 3


class SearchQuerySet(models.QuerySet["Search"]):
    """Searches, by state and age."""

    def open(self) -> Self:
        """Keep queued and running searches."""
        return self.filter(state__in=OPEN_SEARCH_STATES)

    def running(self, now: datetime) -> Self:
        """Keep searches with a valid lease."""
        return self.filter(state=Search.State.RUNNING, lease_until__gt=now)

    def expired(self, now: datetime) -> Self:
        """Keep searches that are old enough to be deleted."""
        return self.filter(requested_at__lt=now - DRAFT_RETENTION)

    def for_organisation(self, organisation: Organisation, kind: str) -> Self:
        """Keep one organisation's searches of one kind, the latest first."""
        return self.filter(organisation=organisation, kind=kind).order_by("-requested_at", "-pk")


class Search(models.Model):
    """One search of a coordinator and its state.

    Only a hash of the question is stored: the tables are read again when a run starts.
    ``lease_token`` names the run that may write the result; a run that lost its lease writes
    nothing. ``note`` is the code of the error that made it fail.
    """

    class Kind(models.TextChoices):
        """What is searched for."""

        ROSTER = "roster", _("Roster")
        GROUPS = "groups", _("New groups")

    State = SearchState

    key = KeyField()
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="searches")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    requested_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    ended_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    lease_token = models.BigIntegerField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    progress = models.FloatField(default=0.0, editable=False)  # 0 to 1
    is_proven = models.BooleanField(default=False, editable=False)
    note = models.CharField(max_length=32, blank=True, editable=False)
    input_hash = models.CharField(max_length=64, blank=True, editable=False)
    tz_version = models.CharField(max_length=8, blank=True, editable=False)
    objective_version = models.CharField(max_length=8, blank=True, editable=False)

    objects = SearchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "searches"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"],
                condition=Q(state__in=OPEN_SEARCH_STATES),
                name="search_is_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1), name="search_progress_is_a_share"
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether a result may still come."""
        return self.state in OPEN_SEARCH_STATES

    @property
    def percent(self) -> int:
        """Return the progress in percent."""
        return round(self.progress * 100)


class Proposal(models.Model):
    """A proposal of a search; nothing changes before a coordinator accepts it."""

    class State(models.TextChoices):
        """What a coordinator did with a proposal."""

        PROPOSED = "proposed", _("Proposed")
        ACCEPTED = "accepted", _("Accepted")
        DISMISSED = "dismissed", _("Dismissed")

    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    decided_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


class RosterProposalQuerySet(models.QuerySet["RosterProposal"]):
    """Proposals of leaders."""

    def for_display(self) -> Self:
        """Fetch each with its session, group and person, in the order of the sessions."""
        return (
            self.select_related("search__organisation", "person", "occurrence__group")
            .prefetch_related("occurrence__group__spoken")
            .order_by("starts_at", "pk")
        )


class RosterProposal(Proposal):
    """A person to lead one session; ``person`` is None if there is nobody, for ``reason``, a code.

    ``language`` is one the person shares with the group, ``nth_of_week`` the number of this session
    among those proposed to them that week, ``led_previous`` whether they led the one before.
    """

    search = models.ForeignKey(Search, models.CASCADE, related_name="roster_proposals")
    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()  # when proposed; the session may have moved since
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    language = models.CharField(max_length=12, blank=True)
    nth_of_week = models.PositiveSmallIntegerField(default=1)
    led_previous = models.BooleanField(default=False)
    reason = models.CharField(max_length=12, blank=True)

    objects = RosterProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["search", "occurrence"], name="roster_proposal_is_one_per_session"
            )
        ]


class GroupProposalQuerySet(models.QuerySet["GroupProposal"]):
    """Proposals of new groups."""

    def proposed(self) -> Self:
        """Keep undecided proposals."""
        return self.filter(state=Proposal.State.PROPOSED)

    def with_people(self) -> Self:
        """Add ``people``, the number of unplaced requests; order by language and time."""
        seekers = Q(requests__in=GroupRequest.objects.unplaced())
        return (
            self.select_related("search__organisation", "created_group")
            .annotate(people=Count("requests", filter=seekers, distinct=True))
            .order_by("language", "weekday", "at_local", "pk")
        )


class GroupProposal(Proposal):
    """A new group: its language, its weekly time, and the requests it is for."""

    search = models.ForeignKey(Search, models.CASCADE, related_name="group_proposals")
    language = models.CharField(max_length=12)
    tz = ZoneField()
    weekday = models.PositiveSmallIntegerField()  # Monday is 0
    at_local = models.TimeField()
    requests = models.ManyToManyField(GroupRequest, related_name="+")
    created_group = models.ForeignKey(Group, models.SET_NULL, null=True, related_name="+")

    objects = GroupProposalQuerySet.as_manager()

    if TYPE_CHECKING:  # set by ``with_people``
        people: int

    @property
    def slot(self) -> Slot:
        """Return its weekly time for the optimizer."""
        return Slot(self.tz.key, self.weekday, self.at_local)


class WaitingCount(models.Model):
    """For how many people a search found no group, by reason."""

    search = models.ForeignKey(Search, models.CASCADE, related_name="waiting_counts")
    reason = models.CharField(max_length=16)
    people = models.PositiveIntegerField()
