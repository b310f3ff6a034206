"""Sessions without a leader, roster proposals for them, and why a proposal is out of date."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from scheduler.models import (
    Affiliation,
    CoverInvitation,
    CoverRequest,
    Membership,
    Occurrence,
    RosterProposal,
    Search,
    Seat,
)
from scheduler.models.choices import FACILITATING_ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.utils.functional import Promise

    from scheduler.models import Organisation

ROSTER_WINDOW: Final = timedelta(weeks=4)
# Sessions of the weeks before and after the window count towards a person's weekly maximum.
ADJOINING_WEEK: Final = timedelta(weeks=1)

# By person: start, end (both aware) and primary key of each session they lead.
LedSessions = dict[int, list[tuple[datetime, datetime, int]]]


def sessions_without_leader(organisation: Organisation, *, now: datetime) -> list[Occurrence]:
    """Return the sessions of the next four weeks without a leader and without an open request."""
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
            starts_at__lt=now + ROSTER_WINDOW,
        )
        .without_leader()
        .with_group_for_list()
    )


def proposals_of(search: Search) -> list[RosterProposal]:
    """Return the proposals of a search with everything a page shows of them."""
    return list(RosterProposal.objects.for_display().filter(search=search))


class RosterRow(NamedTuple):
    """A proposal with why it is out of date, if it is, and its person's answer, if any."""

    proposal: RosterProposal
    obstacle: str
    answer: str


def roster_rows(proposals: Sequence[RosterProposal], *, now: datetime) -> list[RosterRow]:
    """Return proposals as a page shows them, in a constant number of queries."""
    stale = obstacles(proposals, now=now)
    asked = CoverInvitation.objects.filter(
        request__occurrence__in=[proposal.occurrence_id for proposal in proposals]
    ).order_by("request__at")
    answers = {
        (session, person): answer
        for session, person, answer in asked.values_list("request__occurrence", "person", "answer")
    }
    return [
        RosterRow(
            proposal,
            stale.get(proposal.pk, ""),
            answers.get((proposal.occurrence_id, proposal.person_id or 0), ""),
        )
        for proposal in proposals
    ]


class _Facts(NamedTuple):
    """What is needed to judge proposals, read in a constant number of queries.

    Attributes:
        substitutes: pairs of person and organisation.
        excluded: by session, the people who may not lead it.
        led: by person, the sessions they lead.
        without_leader: primary keys of sessions.
    """

    now: datetime
    substitutes: set[tuple[int, int]]
    excluded: Mapping[int, set[int]]
    led: LedSessions
    without_leader: set[int]

    def is_no_substitute(self, proposal: RosterProposal) -> bool:
        """Whether the person is not a substitute of the session's organisation any more."""
        organisation = proposal.occurrence.group.organisation_id
        return (proposal.person_id or 0, organisation) not in self.substitutes

    def is_excluded(self, proposal: RosterProposal) -> bool:
        """Whether the person may not lead the session."""
        return proposal.person_id in self.excluded[proposal.occurrence_id]

    def is_busy(self, proposal: RosterProposal) -> bool:
        """Whether the person leads another session at that time."""
        session = proposal.occurrence
        return any(
            start < session.ends_at and session.starts_at < end and key != session.pk
            for start, end, key in self.led.get(proposal.person_id or 0, [])
        )


# The first that applies is shown.
_OBSTACLES: Final[tuple[tuple[Callable[[RosterProposal, _Facts], bool], Promise], ...]] = (
    (
        lambda proposal, _facts: proposal.occurrence.is_cancelled,
        gettext_lazy("The session is cancelled now."),
    ),
    (
        lambda proposal, facts: proposal.occurrence.starts_at <= facts.now,
        gettext_lazy("The session has begun or is over."),
    ),
    (
        lambda proposal, _facts: proposal.occurrence.starts_at != proposal.starts_at,
        gettext_lazy("The session is at another time now."),
    ),
    (
        lambda proposal, facts: proposal.occurrence_id not in facts.without_leader,
        gettext_lazy("Somebody leads this session now."),
    ),
    (
        lambda proposal, facts: bool(proposal.person_id) and facts.is_no_substitute(proposal),
        gettext_lazy("This person does not cover for others any more."),
    ),
    (
        lambda proposal, facts: bool(proposal.person_id) and facts.is_excluded(proposal),
        gettext_lazy("This person cannot lead this session."),
    ),
    (
        lambda proposal, facts: bool(proposal.person_id) and facts.is_busy(proposal),
        gettext_lazy("This person leads another session at that time now."),
    ),
)


def obstacles(proposals: Sequence[RosterProposal], *, now: datetime) -> dict[int, str]:
    """Return, by primary key, why a proposal is not possible any more; the others are left out.

    Takes a constant number of queries.
    """
    facts = _facts(proposals, now)
    found = {
        proposal.pk: next(
            (str(sentence) for applies, sentence in _OBSTACLES if applies(proposal, facts)), ""
        )
        for proposal in proposals
    }
    return {key: sentence for key, sentence in found.items() if sentence}


def _facts(proposals: Sequence[RosterProposal], now: datetime) -> _Facts:
    sessions = [proposal.occurrence for proposal in proposals]
    substitutes = Affiliation.objects.substitutes().filter(
        organisation__in={session.group.organisation_id for session in sessions}
    )
    keys = [session.pk for session in sessions]
    return _Facts(
        now,
        set(substitutes.values_list("person", "organisation")),
        people_excluded(sessions),
        led_sessions([one.person_id for one in proposals if one.person_id], now),
        set(Occurrence.objects.filter(pk__in=keys).without_leader().values_list("pk", flat=True)),
    )


def people_excluded(sessions: Sequence[Occurrence]) -> Mapping[int, set[int]]:
    """Return, by session, the people who may not lead it: removed, turned away, or not coming."""
    excluded: dict[int, set[int]] = defaultdict(set)
    removed = Membership.objects.filter(
        group__in={session.group_id for session in sessions},
        state__in=[Membership.State.REMOVED, Membership.State.DECLINED],
    ).values_list("group", "person")
    by_group: dict[int, set[int]] = defaultdict(set)
    for group, person in removed:
        by_group[group].add(person)
    for session in sessions:
        excluded[session.pk] |= by_group[session.group_id]
    keys = [session.pk for session in sessions]
    absent = Seat.objects.filter(occurrence__in=keys, state=Seat.State.DECLINED)
    for key, person in absent.values_list("occurrence", "membership__person"):
        excluded[key].add(person)
    declined = CoverInvitation.objects.filter(
        request__occurrence__in=keys, answer=CoverInvitation.Answer.DECLINED
    )
    for key, person in declined.values_list("request__occurrence", "person"):
        excluded[key].add(person)
    return excluded


def led_sessions(people: Sequence[int], now: datetime) -> LedSessions:
    """Return what each person leads from a week ago to a week after the window, anywhere."""
    near = Occurrence.objects.taking_place().filter(
        starts_at__gt=now - ADJOINING_WEEK, starts_at__lt=now + ROSTER_WINDOW + ADJOINING_WEEK
    )
    facilitates = Q(
        group__memberships__person__in=people,
        group__memberships__state=Membership.State.ACTIVE,
        group__memberships__role__in=FACILITATING_ROLES,
        group__closed_at=None,
    )
    own = near.filter(facilitates).values_list(
        "group__memberships__person", "starts_at", "ends_at", "pk"
    )
    covered = near.filter(substitute__person__in=people).values_list(
        "substitute__person", "starts_at", "ends_at", "pk"
    )
    led: LedSessions = defaultdict(list)
    for person, start, end, session in sorted({*own, *covered}):
        led[person].append((start, end, session))
    return led
