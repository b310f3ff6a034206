"""The search for new groups: its question, its result as proposals, and creating a group from one."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from civiltime import zones
from civiltime.recurrence import Frequency, Rule, Weekday
from optimizer import Applicant
from optimizer.group_formation import GroupFormationQuestion
from scheduler.actions.groups import create_group
from scheduler.actions.schedule import create_series
from scheduler.actions.searches.jobs import ProposalIsStale, decide, require_coordinator
from scheduler.models import (
    Group,
    GroupOffer,
    GroupProposal,
    GroupRequest,
    Search,
    WaitingCount,
    WeeklyAvailability,
)
from scheduler.rules.weeks import next_monday

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accounts.models import Person
    from optimizer.group_formation import GroupFormation
    from scheduler.models import Organisation

# Sums over fewer people would say something about one of them.
MIN_GROUP_SIZE: Final = 5
MAX_GROUP_SIZE: Final = 12
MIN_NOTICE: Final = timedelta(days=7)
MAX_BUDGET: Final = timedelta(seconds=60)
MIN_BUDGET: Final = timedelta(seconds=5)
BUDGET_PER_PERSON: Final = timedelta(seconds=0.5)
SESSION_MINUTES: Final = 60


def countable_requests(organisation: Organisation) -> list[GroupRequest]:
    """Return the open requests without an open offer, of people who share their week."""
    requests = GroupRequest.objects.unplaced().with_week().filter(organisation=organisation)
    return list(requests.prefetch_related("spoken").order_by("pk"))


def build_question(organisation: Organisation, *, now: datetime) -> GroupFormationQuestion:
    """Return the optimizer's question for an organisation's requests."""
    requests = countable_requests(organisation)
    weeks = WeeklyAvailability.objects.shared_with_coordinators().with_windows()
    attendees = {
        week.person_id: week.to_attendee()
        for week in weeks.filter(person__in=[request.person_id for request in requests])
    }
    applicants = tuple(
        Applicant(attendees[request.person_id], frozenset(request.languages))
        for request in requests
        if request.person_id in attendees
    )
    budget = max(MIN_BUDGET, min(MAX_BUDGET, BUDGET_PER_PERSON * len(applicants)))
    return GroupFormationQuestion(
        applicants, next_monday(now), (MIN_GROUP_SIZE, MAX_GROUP_SIZE), budget
    )


def save_result(search: Search, result: GroupFormation) -> None:
    """Insert one proposal for each group of a result, and the number of people left, by reason."""
    requests = {
        str(request.person_id): request
        for request in GroupRequest.objects.unplaced().filter(organisation=search.organisation)
    }
    for group in result.groups:
        proposal = GroupProposal.objects.create(
            search=search,
            language=group.language,
            tz=zones.zone(group.slot.anchor),
            weekday=group.slot.weekday,
            at_local=group.slot.time,
        )
        proposal.requests.set(requests[member] for member in group.members if member in requests)
    WaitingCount.objects.bulk_create(
        WaitingCount(search=search, reason=reason, people=people)
        for reason, people in sorted(Counter(result.waiting.values()).items())
    )


def proposals_of(search: Search) -> list[GroupProposal]:
    """Return the proposals of a search, each with ``people``: how many of them still look for a group."""
    return list(GroupProposal.objects.with_people().filter(search=search))


def obstacles(proposals: Iterable[GroupProposal]) -> dict[int, str]:
    """Return, by primary key, why a proposal is not possible any more; the others are left out."""
    return {
        proposal.pk: _("Too few of these people still look for a group. Search again.")
        for proposal in proposals
        if proposal.people < MIN_GROUP_SIZE
    }


@transaction.atomic
def create_group_from_proposal(
    *,
    by: Person,
    proposal: GroupProposal,
    name: str,
    about: str,
    capacity: int,
    alias: str,
    now: datetime,
) -> Group:
    """Create the group of a proposal with a weekly series, and offer it to the proposal's people.

    Nobody is moved: each person chooses whether to join, and nobody learns who got an offer.

    Raises:
        NotCoordinating: ``by`` does not coordinate the organisation.
        ProposalIsStale: too few still look for a group, or somebody decided on it.
        UnfitAlias: the alias cannot be used.
    """
    organisation = proposal.search.organisation
    require_coordinator(by, organisation)
    locked = GroupProposal.objects.select_for_update().get(pk=proposal.pk)
    counted = GroupProposal.objects.with_people().get(pk=proposal.pk)
    if stale := obstacles([counted]):
        raise ProposalIsStale(stale[proposal.pk])
    if not decide(locked, GroupProposal.State.ACCEPTED, now):
        raise ProposalIsStale(_("Somebody has decided on this one already."))
    group = create_group(
        by=by,
        organisation=organisation,
        name=name,
        about=about,
        languages=[proposal.language],
        tz=proposal.tz,
        capacity=capacity,
        join_policy=Group.JoinPolicy.INVITATION,
        is_listed=False,
        alias=alias,
        now=now,
    )
    create_series(
        by=by,
        group=group,
        first_local=first_session(proposal, now=now),
        rule=Rule(Frequency.WEEKLY, weekdays=(Weekday(proposal.weekday),)),
        duration_minutes=SESSION_MINUTES,
        now=now,
    )
    seekers = locked.requests.filter(pk__in=GroupRequest.objects.unplaced())
    _make_offers(list(seekers), group, now)
    GroupProposal.objects.filter(pk=proposal.pk).update(created_group=group)
    return group


def first_session(proposal: GroupProposal, *, now: datetime) -> datetime:
    """Return the naive wall-clock time of the first session, at least a week from now."""
    soonest = (now + MIN_NOTICE).astimezone(proposal.tz).date() + timedelta(days=1)
    day = soonest + timedelta(days=(proposal.weekday - soonest.weekday()) % 7)
    return datetime.combine(day, proposal.at_local)


def _make_offers(requests: Sequence[GroupRequest], group: Group, now: datetime) -> None:
    GroupOffer.objects.bulk_create(
        GroupOffer(request=request, group=group, offered_at=now) for request in requests
    )
