"""Request, accept and withdraw cover for a session; the first person to accept leads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civiltime.errors import CommonhourError
from scheduler.actions.calendar_revisions import lock_group, record_decline
from scheduler.actions.groups import require_facilitator
from scheduler.actions.memberships import save_alias
from scheduler.actions.organisations import NotCoordinating, is_coordinating
from scheduler.actions.schedule.change_log import record_change, snapshot
from scheduler.actions.seats import TooLate, save_seat
from scheduler.models import (
    CoverInvitation,
    CoverRequest,
    Membership,
    Occurrence,
    ScheduleChange,
    Seat,
)
from scheduler.queries.cover_candidates import cover_candidates, may_cover
from scheduler.rules.names import alias_key

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person

Answer = CoverInvitation.Answer
State = Membership.State


class CoverIsTaken(CommonhourError):
    """Somebody else accepted first, or the request is withdrawn."""

    code = "cover_taken"

    def __init__(self) -> None:
        super().__init__(_("Thank you. Somebody else covers this session already."))


class NoCandidates(CommonhourError):
    """There is no other facilitator who can come, and no trained substitute awake then."""

    code = "no_candidates"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nobody can be asked: no other facilitator can come and no trained substitute is "
                "awake at that hour. Move the session, or ask the organisation’s coordinator."
            )
        )


class NotInvited(CommonhourError):
    """This person may not cover this session, or not any more."""

    code = "not_invited"

    def __init__(self) -> None:
        super().__init__(_("You are not asked to cover this session any more."))


@transaction.atomic
def request_cover(*, by: Person, occurrence: Occurrence, now: datetime) -> CoverRequest:
    """Invite everybody who could lead this session, and mark the requesting facilitator as absent.

    A second call invites those who could not be invited before.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        TooLate: the session is over or cancelled.
        CoverIsTaken: somebody covers it.
        NoCandidates: there is nobody to invite.
    """
    locked = _lock(occurrence.pk)
    own = require_facilitator(by, locked.group)
    _require_ahead(locked, now)
    if locked.substitute_id:
        raise CoverIsTaken
    asked = cover_candidates(occurrence=locked, without=by)
    if not asked:
        raise NoCandidates
    request, _made = locked.cover_requests.get_or_create(
        closed_at=None, defaults={"by": by, "at": now}
    )
    CoverInvitation.objects.bulk_create(
        [CoverInvitation(request=request, person=person) for person in asked],
        ignore_conflicts=True,
    )
    save_seat(locked, own, Seat.State.DECLINED, now)
    return request


@transaction.atomic
def invite_substitute(
    *, by: Person, occurrence: Occurrence, person: Person, now: datetime
) -> CoverInvitation:
    """Invite one person, as a coordinator, to lead a session without a leader.

    Raises:
        NotCoordinating: ``by`` does not coordinate the group's organisation.
        TooLate: the session is over or cancelled.
        CoverIsTaken: somebody covers it.
        NotInvited: this person may not cover it.
    """
    locked = _lock(occurrence.pk)
    if not is_coordinating(by, locked.group.organisation):
        raise NotCoordinating
    _require_ahead(locked, now)
    if locked.substitute_id:
        raise CoverIsTaken
    if not may_cover(person, locked):
        raise NotInvited
    request, _made = locked.cover_requests.get_or_create(
        closed_at=None, defaults={"by": by, "at": now}
    )
    invitation, _made = request.invitations.get_or_create(person=person)
    return invitation


@transaction.atomic
def accept_cover(
    *, person: Person, invitation: CoverInvitation, alias: str = "", now: datetime
) -> Occurrence:
    """Accept an invitation: the first person to do so leads the session, and no other.

    Members keep their alias in the group; anybody else gives one.

    Raises:
        CoverIsTaken: somebody else was first, or the request is withdrawn.
        NotInvited: this person may not cover it any more.
        TooLate: the session is over or cancelled.
        UnfitAlias: the alias cannot be used.
        AliasIsTaken: a member's alias reads the same.
    """
    locked, own = _lock_for_answer(person, invitation)
    _require_ahead(locked, now)
    if own.request.closed_at and own.request.taken_by_id != person.pk:
        raise CoverIsTaken
    if not may_cover(person, locked):
        raise NotInvited
    covering = _membership_for(person, locked, alias, now)
    _appoint(locked, covering, own.request, by=person, now=now)
    _answer(own, Answer.ACCEPTED, now)
    return locked


@transaction.atomic
def decline_cover(*, person: Person, invitation: CoverInvitation, now: datetime) -> None:
    """Decline an invitation, also after accepting it: then the request is open again."""
    locked, own = _lock_for_answer(person, invitation)
    if own.request.taken_by_id == person.pk:
        _cover(locked, None, by=person, now=now)
        CoverRequest.objects.filter(pk=own.request_id).update(taken_by=None, closed_at=None)
    _answer(own, Answer.DECLINED, now)


@transaction.atomic
def withdraw_cover_request(*, by: Person, occurrence: Occurrence, now: datetime) -> None:
    """Close the request and release the substitute: the facilitator leads the session after all.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        TooLate: the session is over or cancelled.
    """
    locked = _lock(occurrence.pk)
    own = require_facilitator(by, locked.group)
    _require_ahead(locked, now)
    _cover(locked, None, by=by, now=now)
    locked.cover_requests.filter(taken_by__isnull=False).update(taken_by=None)
    locked.cover_requests.filter(closed_at=None).update(closed_at=now)
    _clear_decline(locked, own, now)


@transaction.atomic
def appoint_substitute(
    *, by: Person, occurrence: Occurrence, membership: Membership, now: datetime
) -> None:
    """Make a member the leader of one session without an invitation; an open request is closed.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        TooLate: the session is over or cancelled.
        NotInvited: the member does not belong to the group.
    """
    locked = _lock(occurrence.pk)
    require_facilitator(by, locked.group)
    _require_ahead(locked, now)
    chosen = locked.group.memberships.active().filter(pk=membership.pk).first()
    if chosen is None:
        raise NotInvited
    request = locked.cover_requests.filter(closed_at=None).first()
    _appoint(locked, chosen, request, by=by, now=now)


def end_covering_memberships(*, now: datetime) -> int:
    """End memberships that were made to cover sessions which are over; return how many.

    A tick calls it; idempotent.
    """
    still = Occurrence.objects.filter(ends_at__gt=now, substitute__isnull=False)
    done = Membership.objects.filter(state=State.COVERING)
    return done.exclude(pk__in=still.values("substitute")).update(state=State.LEFT, since=now)


def _appoint(
    locked: Occurrence,
    membership: Membership,
    request: CoverRequest | None,
    *,
    by: Person,
    now: datetime,
) -> None:
    _cover(locked, membership, by=by, now=now)
    if request:
        request.taken_by_id, request.closed_at = membership.person_id, request.closed_at or now
        request.save(update_fields=["taken_by", "closed_at"])
    _clear_decline(locked, membership, now)


def _cover(locked: Occurrence, membership: Membership | None, *, by: Person, now: datetime) -> None:
    if locked.substitute == membership:
        return
    before = snapshot(locked)
    locked.substitute = membership
    locked.save(update_fields=["substitute"])
    kind = ScheduleChange.Kind.COVERED
    record_change(locked, kind, by=by, now=now, before=before, after=snapshot(locked))


def _clear_decline(locked: Occurrence, membership: Membership, now: datetime) -> None:
    """Delete a facilitator's “not this time” for this session."""
    if not membership.is_facilitating:
        return
    decline = locked.seat_rows.filter(membership=membership, state=Seat.State.DECLINED)
    if decline.delete()[0]:
        record_decline(membership, now)


def _membership_for(
    person: Person, occurrence: Occurrence, alias: str, now: datetime
) -> Membership:
    """Return the membership to cover with; one made for it gives access to this session alone."""
    known = occurrence.group.memberships.filter(person=person).first()
    if known and known.state not in {State.LEFT, State.COVERING}:
        return known
    membership = known or Membership(group=occurrence.group, person=person)
    if not (membership.state == State.COVERING and not alias):
        membership.alias, membership.alias_key = alias.strip(), alias_key(alias)
    membership.state, membership.role = State.COVERING, Membership.Role.MEMBER
    membership.since = now
    save_alias(membership)
    return membership


def _lock_for_answer(
    person: Person, invitation: CoverInvitation
) -> tuple[Occurrence, CoverInvitation]:
    locked = _lock(invitation.request.occurrence_id)
    own = CoverInvitation.objects.select_related("request").get(pk=invitation.pk)
    if own.person_id != person.pk:
        raise NotInvited
    return locked, own


def _lock(occurrence: int) -> Occurrence:
    lock_group(Occurrence.objects.values_list("group_id", flat=True).get(pk=occurrence))
    return (
        Occurrence.objects.select_for_update(of=("self",))
        .select_related("group", "substitute")
        .get(pk=occurrence)
    )


def _require_ahead(occurrence: Occurrence, now: datetime) -> None:
    if occurrence.is_cancelled or occurrence.ends_at <= now:
        raise TooLate


def _answer(invitation: CoverInvitation, answer: str, now: datetime) -> None:
    invitation.answer, invitation.answered_at = answer, now
    invitation.save(update_fields=["answer", "answered_at"])
