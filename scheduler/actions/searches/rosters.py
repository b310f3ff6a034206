"""Sessions of the coming weeks that nobody leads, and who of a partner's helpers could."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from optimizer import Attendee, Level, Window
from optimizer.weekly_rosters import AvailableFacilitator, UnledSession, WeeklyQuestion
from scheduler.actions.cover import ask_helper
from scheduler.actions.searches.jobs import ProposalIsStale, require_coordinator, settle
from scheduler.models import (
    Affiliation,
    CoverInvitation,
    CoverRequest,
    Membership,
    Occurrence,
    RosterProposal,
    Search,
    WeeklyAvailability,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from accounts.models import Person
    from optimizer.weekly_rosters import WeeklyRosters
    from scheduler.models import Organisation

AHEAD: Final = timedelta(weeks=4)
A_WEEK: Final = timedelta(weeks=1)
BUDGET: Final = timedelta(seconds=60)
EVERY_DAY: Final = frozenset(range(7))

# What people have already, by person: aware starts and ends of sessions, with their keys.
Taken = dict[int, list[tuple[datetime, datetime, int]]]


def sessions_without_leader(organisation: Organisation, *, now: datetime) -> list[Occurrence]:
    """Return the sessions of the next four weeks that nobody leads and nobody is asked to."""
    being_asked = CoverRequest.objects.filter(
        occurrence=OuterRef("pk"), closed_at=None, invitations__answer=CoverInvitation.Answer.NONE
    )
    return list(
        Occurrence.objects.not_over(now)
        .taking_place()
        .filter(
            ~Exists(being_asked),
            group__organisation=organisation,
            group__closed_at=None,
            starts_at__gt=now,
            starts_at__lt=now + AHEAD,
        )
        .led_by_nobody()
        .for_cards()
    )


def question_for(organisation: Organisation, *, now: datetime) -> WeeklyQuestion:
    """Return what a roster for an organisation has to answer."""
    sessions = sessions_without_leader(organisation, now=now)
    refusals = _refusals(sessions)
    needs = tuple(
        UnledSession(
            str(session.pk),
            str(session.group_id),
            frozenset(session.group.languages),
            session.tz.key,
            session.starts_local,
            session.starts_at,
            session.ends_at,
            frozenset(map(str, refusals[session.pk])),
        )
        for session in sessions
    )
    helpers = tuple(_helpers(organisation, now))
    return WeeklyQuestion(needs, helpers, _last_led(sessions, now), BUDGET)


def write(search: Search, found: WeeklyRosters) -> None:
    """Write an answer as lines, in the order of the sessions; the others with their reason."""
    led = {int(one.session): one for one in found.proposals}
    sessions = Occurrence.objects.filter(pk__in=[*led, *map(int, found.unled)])
    lines = []
    for session in sessions.order_by("starts_at", "pk"):
        line = RosterProposal(search=search, occurrence=session, starts_at=session.starts_at)
        if one := led.get(session.pk):
            line.person_id, line.language = int(one.facilitator), one.language
            line.place_in_week, line.again = one.nth_in_week, one.is_previous_leader
        else:
            line.why = found.unled[str(session.pk)]
        lines.append(line)
    RosterProposal.objects.bulk_create(lines)


@transaction.atomic
def accept_roster_proposal(*, by: Person, line: RosterProposal, now: datetime) -> CoverInvitation:
    """Ask the person of a line whether she leads its session. She decides.

    Raises:
        NotCoordinating: ``by`` does not coordinate the organisation.
        ProposalIsStale: it is not possible any more, or somebody decided on it.
    """
    require_coordinator(by, line.search.organisation)
    locked = RosterProposal.objects.whole().select_for_update(of=("self",)).get(pk=line.pk)
    obstacle = obstacles([locked], now=now).get(locked.pk)
    if obstacle or locked.person is None or not settle(locked, RosterProposal.State.ACCEPTED, now):
        raise ProposalIsStale(obstacle or _("Somebody has decided on this line already."))
    return ask_helper(by=by, occurrence=locked.occurrence, person=locked.person, now=now)


def proposals_of(search: Search) -> list[RosterProposal]:
    """Return a draft's lines with all that a page shows of them."""
    return list(RosterProposal.objects.whole().filter(search=search))


class Row(NamedTuple):
    """A line, why it is not possible any more, and what its person said once she was asked."""

    line: RosterProposal
    obstacle: str
    answer: str


def rows(lines: Sequence[RosterProposal], *, now: datetime) -> list[Row]:
    """Return lines as a page shows them, in a number of queries that does not grow with them."""
    stale = obstacles(lines, now=now)
    asked = CoverInvitation.objects.filter(
        request__occurrence__in=[line.occurrence_id for line in lines]
    ).order_by("request__at")
    answers = {
        (session, person): answer
        for session, person, answer in asked.values_list("request__occurrence", "person", "answer")
    }
    return [
        Row(
            line,
            stale.get(line.pk, ""),
            answers.get((line.occurrence_id, line.person_id or 0), ""),
        )
        for line in lines
    ]


def obstacles(lines: Sequence[RosterProposal], *, now: datetime) -> dict[int, str]:
    """Return, by line, why what it proposes is not possible any more, in a number of queries.

    The number does not grow with the lines.
    """
    people = [line.person_id for line in lines if line.person_id]
    sessions = [line.occurrence for line in lines]
    trained = set(
        Affiliation.objects.substitutes()
        .filter(organisation__in={session.group.organisation_id for session in sessions})
        .values_list("person", "organisation")
    )
    refusals, taken = _refusals(sessions), _taken(people, now)
    needed = set(
        Occurrence.objects.filter(pk__in=[session.pk for session in sessions])
        .led_by_nobody()
        .values_list("pk", flat=True)
    )
    found = {}
    for line in lines:
        session, person = line.occurrence, line.person_id
        if session.is_cancelled:
            found[line.pk] = _("The session is cancelled now.")
        elif session.starts_at <= now:
            found[line.pk] = _("The session has begun or is over.")
        elif session.starts_at != line.starts_at:
            found[line.pk] = _("The session is at another time now.")
        elif session.pk not in needed:
            found[line.pk] = _("Somebody leads this session now.")
        elif person and (person, session.group.organisation_id) not in trained:
            found[line.pk] = _("This person does not cover for others any more.")
        elif person and person in refusals[session.pk]:
            found[line.pk] = _("This person cannot lead this session.")
        elif person and _is_busy(session, taken.get(person, [])):
            found[line.pk] = _("This person leads another session at that time now.")
    return found


def _refusals(sessions: Iterable[Occurrence]) -> Mapping[int, set[int]]:
    """Return, by session, who may not lead it or said no: removed, declined, absent."""
    sessions = list(sessions)
    found: dict[int, set[int]] = defaultdict(set)
    removed = Membership.objects.filter(
        group__in={session.group_id for session in sessions},
        state__in=[Membership.State.REMOVED, Membership.State.DECLINED],
    ).values_list("group", "person")
    of_group: dict[int, set[int]] = defaultdict(set)
    for group, person in removed:
        of_group[group].add(person)
    for session in sessions:
        found[session.pk] |= of_group[session.group_id]
    keys = [session.pk for session in sessions]
    absent = Occurrence.objects.filter(pk__in=keys, seat_rows__state="declined")
    for key, person in absent.values_list("pk", "seat_rows__membership__person"):
        found[key].add(person)
    declined = CoverInvitation.objects.filter(
        request__occurrence__in=keys, answer=CoverInvitation.Answer.DECLINED
    )
    for key, person in declined.values_list("request__occurrence", "person"):
        found[key].add(person)
    return found


def _helpers(organisation: Organisation, now: datetime) -> Iterable[AvailableFacilitator]:
    """Yield who is trained to cover, with her own week if she painted one for this."""
    affiliations = list(
        Affiliation.objects.substitutes()
        .filter(organisation=organisation)
        .select_related("person")
        .prefetch_related("spoken")
        .order_by("pk")
    )
    people = [affiliation.person_id for affiliation in affiliations]
    weeks = WeeklyAvailability.objects.for_coordinators().filter(person__in=people).whole()
    painted = {week.person_id: week.asked(facilitator=True) for week in weeks}
    taken, runs_in = _taken(people, now), _languages_run(people)
    for affiliation in affiliations:
        person = affiliation.person
        spoken = {row.language for row in affiliation.spoken.all()}
        yield AvailableFacilitator(
            painted.get(person.pk) or _waking(affiliation),
            frozenset(spoken or {person.language} | runs_in.get(person.pk, set())),
            affiliation.most_a_week,
            tuple((start, end) for start, end, _session in taken.get(person.pk, [])),
        )


def _waking(affiliation: Affiliation) -> Attendee:
    """Return somebody who has only said between which hours she may be asked."""
    first, last = _quarter(affiliation.awake_from, up=True), _quarter(affiliation.awake_until)
    window = Window(EVERY_DAY, first, last, Level.FINE)
    return Attendee(
        str(affiliation.person_id), affiliation.person.tz.key, (window,), facilitator=True
    )


def _quarter(at: time, *, up: bool = False) -> time:
    """Return the quarter hour at or before a time of day, or at or after it."""
    minutes = at.hour * 60 + at.minute + (14 if up else 0)
    hours, rest = divmod(minutes // 15 * 15 % (24 * 60), 60)
    return time(hours, rest)


def _taken(people: Iterable[int], now: datetime) -> Taken:
    """Return what each of some people leads around the coming weeks, in all organisations."""
    people = list(people)
    near = Occurrence.objects.taking_place().filter(
        starts_at__gt=now - A_WEEK, starts_at__lt=now + AHEAD + A_WEEK
    )
    runs = Q(
        group__memberships__person__in=people,
        group__memberships__state=Membership.State.ACTIVE,
        group__memberships__role__in=[Membership.Role.FACILITATOR, Membership.Role.CO_FACILITATOR],
        group__closed_at=None,
    )
    led = near.filter(runs).values_list("group__memberships__person", "starts_at", "ends_at", "pk")
    covered = near.filter(substitute__person__in=people).values_list(
        "substitute__person", "starts_at", "ends_at", "pk"
    )
    found: Taken = defaultdict(list)
    for person, start, end, session in sorted({*led, *covered}):
        found[person].append((start, end, session))
    return found


def _is_busy(session: Occurrence, taken: Iterable[tuple[datetime, datetime, int]]) -> bool:
    return any(
        start < session.ends_at and session.starts_at < end and key != session.pk
        for start, end, key in taken
    )


def _languages_run(people: Sequence[int]) -> dict[int, set[str]]:
    """Return the languages of the groups that each of some people runs."""
    rows = (
        Membership.objects.active()
        .facilitating()
        .filter(person__in=people, group__closed_at=None, group__spoken__isnull=False)
        .values_list("person", "group__spoken__language")
    )
    found: dict[int, set[str]] = defaultdict(set)
    for person, language in rows:
        found[person].add(language)
    return found


def _last_led(sessions: Iterable[Occurrence], now: datetime) -> dict[str, str]:
    """Return who covered each group's latest session that somebody covered."""
    covered = Occurrence.objects.filter(
        group__in={session.group_id for session in sessions},
        starts_at__lt=now,
        starts_at__gt=now - AHEAD,
        substitute__isnull=False,
    ).order_by("starts_at")
    rows = covered.values_list("group", "substitute__person")
    return {str(group): str(person) for group, person in rows}
