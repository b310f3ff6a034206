"""The roster search: its question, its result as proposals, and accepting one of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import time, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from optimizer import Attendee, Level, Window
from optimizer.weekly_rosters import AvailableFacilitator, UnledSession, WeeklyQuestion
from scheduler.actions.cover import invite_substitute
from scheduler.actions.searches.jobs import ProposalIsStale, decide, require_coordinator
from scheduler.models import (
    Affiliation,
    CoverInvitation,
    Membership,
    Occurrence,
    RosterProposal,
    Search,
    WeeklyAvailability,
)
from scheduler.queries.rosters import (
    ROSTER_WINDOW,
    led_sessions,
    obstacles,
    people_excluded,
    sessions_without_leader,
)
from scheduler.rules.weeks import EVERY_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from accounts.models import Person
    from optimizer.weekly_rosters import WeeklyRosters
    from scheduler.models import Organisation

BUDGET: Final = timedelta(seconds=60)
QUARTER_MINUTES: Final = 15
MINUTES_PER_DAY: Final = 24 * 60


def build_question(organisation: Organisation, *, now: datetime) -> WeeklyQuestion:
    """Return the optimizer's question for an organisation's sessions without a leader."""
    sessions = sessions_without_leader(organisation, now=now)
    excluded = people_excluded(sessions)
    needs = tuple(
        UnledSession(
            str(session.pk),
            str(session.group_id),
            frozenset(session.group.languages),
            session.tz.key,
            session.starts_local,
            session.starts_at,
            session.ends_at,
            frozenset(map(str, excluded[session.pk])),
        )
        for session in sessions
    )
    helpers = tuple(_helpers(organisation, now))
    return WeeklyQuestion(needs, helpers, _last_substitutes(sessions, now), BUDGET)


def save_result(search: Search, result: WeeklyRosters) -> None:
    """Insert one proposal for each session of a result, in the order of their starts."""
    led = {int(one.session): one for one in result.proposals}
    sessions = Occurrence.objects.filter(pk__in=[*led, *map(int, result.unled)])
    proposals = []
    for session in sessions.order_by("starts_at", "pk"):
        proposal = RosterProposal(search=search, occurrence=session, starts_at=session.starts_at)
        if one := led.get(session.pk):
            proposal.person_id, proposal.language = int(one.facilitator), one.language
            proposal.nth_of_week, proposal.led_previous = one.nth_in_week, one.is_previous_leader
        else:
            proposal.reason = result.unled[str(session.pk)]
        proposals.append(proposal)
    RosterProposal.objects.bulk_create(proposals)


@transaction.atomic
def accept_roster_proposal(
    *, by: Person, proposal: RosterProposal, now: datetime
) -> CoverInvitation:
    """Invite the person of a proposal to lead its session; they may decline.

    Raises:
        NotCoordinating: ``by`` does not coordinate the organisation.
        ProposalIsStale: it is not possible any more, or somebody decided on it.
    """
    require_coordinator(by, proposal.search.organisation)
    locked = (
        RosterProposal.objects.for_display().select_for_update(of=("self",)).get(pk=proposal.pk)
    )
    obstacle = obstacles([locked], now=now).get(locked.pk)
    if obstacle or locked.person is None or not decide(locked, RosterProposal.State.ACCEPTED, now):
        raise ProposalIsStale(obstacle or _("Somebody has decided on this one already."))
    return invite_substitute(by=by, occurrence=locked.occurrence, person=locked.person, now=now)


def _helpers(organisation: Organisation, now: datetime) -> Iterable[AvailableFacilitator]:
    """Yield the substitutes, with their own week if they share one with coordinators."""
    affiliations = list(
        Affiliation.objects.substitutes()
        .filter(organisation=organisation)
        .select_related("person")
        .prefetch_related("spoken")
        .order_by("pk")
    )
    people = [affiliation.person_id for affiliation in affiliations]
    shared = WeeklyAvailability.objects.shared_with_coordinators().filter(person__in=people)
    weeks = {week.person_id: week.to_attendee(facilitator=True) for week in shared.with_windows()}
    led, group_languages = led_sessions(people, now), _languages_of_own_groups(people)
    for affiliation in affiliations:
        person = affiliation.person
        spoken = {row.language for row in affiliation.spoken.all()}
        yield AvailableFacilitator(
            weeks.get(person.pk) or _from_waking_hours(affiliation),
            frozenset(spoken or {person.language} | group_languages.get(person.pk, set())),
            affiliation.max_sessions_per_week,
            tuple((start, end) for start, end, _session in led.get(person.pk, [])),
        )


def _from_waking_hours(affiliation: Affiliation) -> Attendee:
    """Return a person whose only known availability is their waking hours."""
    first = _round_to_quarter(affiliation.awake_from, up=True)
    last = _round_to_quarter(affiliation.awake_until)
    window = Window(EVERY_DAY, first, last, Level.FINE)
    return Attendee(
        str(affiliation.person_id), affiliation.person.tz.key, (window,), facilitator=True
    )


def _round_to_quarter(at: time, *, up: bool = False) -> time:
    """Return the quarter hour at or before a time of day, or at or after it."""
    minutes = at.hour * 60 + at.minute + (QUARTER_MINUTES - 1 if up else 0)
    hour, minute = divmod(minutes // QUARTER_MINUTES * QUARTER_MINUTES % MINUTES_PER_DAY, 60)
    return time(hour, minute)


def _languages_of_own_groups(people: Sequence[int]) -> dict[int, set[str]]:
    """Return, by person, the languages of the groups they facilitate."""
    rows = (
        Membership.objects.active()
        .facilitating()
        .filter(person__in=people, group__closed_at=None, group__spoken__isnull=False)
        .values_list("person", "group__spoken__language")
    )
    languages: dict[int, set[str]] = defaultdict(set)
    for person, language in rows:
        languages[person].add(language)
    return languages


def _last_substitutes(sessions: Iterable[Occurrence], now: datetime) -> dict[str, str]:
    """Return, by group, who covered its latest covered session of the past four weeks."""
    covered = Occurrence.objects.filter(
        group__in={session.group_id for session in sessions},
        starts_at__lt=now,
        starts_at__gt=now - ROSTER_WINDOW,
        substitute__isnull=False,
    ).order_by("starts_at")
    rows = covered.values_list("group", "substitute__person")
    return {str(group): str(person) for group, person in rows}
