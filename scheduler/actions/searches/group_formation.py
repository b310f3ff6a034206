"""New groups out of people who look for one: by language and by hour, asked one by one."""

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
from scheduler.actions.searches.jobs import ProposalIsStale, require_coordinator, settle
from scheduler.models import (
    Group,
    GroupOffer,
    GroupProposal,
    GroupRequest,
    Search,
    WaitingCount,
    WeeklyAvailability,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from accounts.models import Person
    from optimizer.group_formation import GroupFormation
    from scheduler.models import Organisation

# With fewer a sum would tell of somebody, and a circle would not be one.
SMALLEST: Final = 5
LARGEST: Final = 12
# Whoever looks for a group learns of the first session so long before.
NOTICE: Final = timedelta(days=7)
LONGEST: Final = timedelta(seconds=60)
SHORTEST: Final = timedelta(seconds=5)
EACH: Final = timedelta(seconds=0.5)
AN_HOUR: Final = 60  # minutes


def requests_counted(organisation: Organisation) -> list[GroupRequest]:
    """Return the wishes that a search may count: open, unasked, with a week that may be counted."""
    wishes = GroupRequest.objects.unplaced().with_week().filter(organisation=organisation)
    return list(wishes.prefetch_related("spoken").order_by("pk"))


def question_for(organisation: Organisation, *, now: datetime) -> GroupFormationQuestion:
    """Return what a search for new groups has to answer. People are the numbers of their wishes."""
    wishes = requests_counted(organisation)
    weeks = WeeklyAvailability.objects.for_coordinators().whole()
    painted = {
        week.person_id: week.asked()
        for week in weeks.filter(person__in=[wish.person_id for wish in wishes])
    }
    comers = tuple(
        Applicant(painted[wish.person_id], frozenset(wish.languages))
        for wish in wishes
        if wish.person_id in painted
    )
    budget = max(SHORTEST, min(LONGEST, EACH * len(comers)))
    return GroupFormationQuestion(comers, _next_monday(now), (SMALLEST, LARGEST), budget)


def write(search: Search, found: GroupFormation) -> None:
    """Write an answer as lines, and how many find no group yet, by reason."""
    wishes = {
        str(wish.person_id): wish
        for wish in GroupRequest.objects.unplaced().filter(organisation=search.organisation)
    }
    for group in found.groups:
        line = GroupProposal.objects.create(
            search=search,
            language=group.language,
            tz=zones.zone(group.slot.anchor),
            weekday=group.slot.weekday,
            at_local=group.slot.time,
        )
        line.wishes.set(wishes[member] for member in group.members if member in wishes)
    WaitingCount.objects.bulk_create(
        WaitingCount(search=search, why=why, people=people)
        for why, people in sorted(Counter(found.waiting.values()).items())
    )


def proposals_of(search: Search) -> list[GroupProposal]:
    """Return a draft's lines, each with ``people``: how many of its people still look."""
    return list(GroupProposal.objects.with_people().filter(search=search))


def obstacles(lines: Iterable[GroupProposal]) -> dict[int, str]:
    """Return, by line, why it cannot be created_group any more."""
    return {
        line.pk: _("Too few of these people still look for a group. Search again.")
        for line in lines
        if line.people < SMALLEST
    }


@transaction.atomic
def create_group_from_proposal(
    *,
    by: Person,
    line: GroupProposal,
    name: str,
    about: str,
    capacity: int,
    alias: str,
    now: datetime,
) -> Group:
    """Found the group of a line, give it its hour, and ask its people whether they want a place.

    Nobody is moved: whoever takes her place chooses an alias, and nobody learns who was asked.

    Raises:
        NotCoordinating: ``by`` does not coordinate the organisation.
        ProposalIsStale: too few still look, or somebody decided on it.
        UnfitAlias: the alias cannot be used.
    """
    organisation = line.search.organisation
    require_coordinator(by, organisation)
    locked = GroupProposal.objects.select_for_update().get(pk=line.pk)
    counted = GroupProposal.objects.with_people().get(pk=line.pk)
    if stale := obstacles([counted]):
        raise ProposalIsStale(stale[line.pk])
    if not settle(locked, GroupProposal.State.ACCEPTED, now):
        raise ProposalIsStale(_("Somebody has decided on this line already."))
    group = create_group(
        by=by,
        organisation=organisation,
        name=name,
        about=about,
        languages=[line.language],
        tz=line.tz,
        capacity=capacity,
        join_policy=Group.JoinPolicy.INVITATION,
        is_listed=False,
        alias=alias,
        now=now,
    )
    create_series(
        by=by,
        group=group,
        first_local=first_session(line, now=now),
        rule=Rule(Frequency.WEEKLY, weekdays=(Weekday(line.weekday),)),
        duration_minutes=AN_HOUR,
        now=now,
    )
    looking = locked.wishes.filter(pk__in=GroupRequest.objects.unplaced())
    _offer(list(looking), group, now)
    GroupProposal.objects.filter(pk=line.pk).update(created_group=group)
    return group


def first_session(line: GroupProposal, *, now: datetime) -> datetime:
    """Return the wall-clock time of the first session, naive: a week's notice or more."""
    soonest = (now + NOTICE).astimezone(line.tz).date() + timedelta(days=1)
    day = soonest + timedelta(days=(line.weekday - soonest.weekday()) % 7)
    return datetime.combine(day, line.at_local)


def _offer(wishes: Sequence[GroupRequest], group: Group, now: datetime) -> None:
    GroupOffer.objects.bulk_create(
        GroupOffer(wish=wish, group=group, offered_at=now) for wish in wishes
    )


def _next_monday(now: datetime) -> date:
    today = now.date()
    return today + timedelta(days=7 - today.weekday())
