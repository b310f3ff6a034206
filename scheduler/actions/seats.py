"""Take a seat at a session, wait for one, give it up; offer what is freed to the first in line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _

from civiltime.errors import CommonhourError
from scheduler.actions.calendar_revisions import lock_group, record_decline
from scheduler.actions.groups import require_facilitator
from scheduler.models import Membership, Occurrence, Seat
from scheduler.rules.offer_expiry import offer_ends_at

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person

State = Seat.State


class NoSeatLeft(CommonhourError):
    """All seats are taken, or kept for those who wait."""

    code = "no_seat_left"

    def __init__(self) -> None:
        super().__init__(
            _(
                "The last seat was just taken. Put yourself on the waiting list, or look at the "
                "next session."
            )
        )


class NotAMember(CommonhourError):
    """A seat is for members."""

    code = "not_a_member"

    def __init__(self) -> None:
        super().__init__(_("Join the group first, then take a seat."))


class TooLate(CommonhourError):
    """The session is over or will not take place."""

    code = "too_late"

    def __init__(self) -> None:
        super().__init__(_("This session is over or cancelled. Look at the next one."))


@transaction.atomic
def book_seat(*, person: Person, occurrence: Occurrence, now: datetime) -> Seat:
    """Take a seat, or the one that is offered; asking twice takes one.

    The occurrence's row is the lock. Nobody passes those who wait.

    Raises:
        NoSeatLeft: the others have all of them, or wait for them.
        NotAMember: this person does not belong to the group.
        TooLate: the session is over or cancelled.
    """
    locked = _lock(occurrence)
    membership = _membership(person, locked, now)
    if not _has_seat_for(locked, membership, now):
        raise NoSeatLeft
    return save_seat(locked, membership, State.GOING, now)


@transaction.atomic
def join_waitlist(*, person: Person, occurrence: Occurrence, now: datetime) -> Seat:
    """Stand in line for a seat, or sit down if one is free; asking twice keeps one's place.

    Raises:
        NotAMember: this person does not belong to the group.
        TooLate: the session is over or cancelled.
    """
    locked = _lock(occurrence)
    membership = _membership(person, locked, now)
    if _has_seat_for(locked, membership, now):
        return save_seat(locked, membership, State.GOING, now)
    own = _own(locked, membership)
    if own and own.state == State.WAITLISTED:
        return own
    return save_seat(locked, membership, State.WAITLISTED, now)


@transaction.atomic
def decline_seat(*, person: Person, occurrence: Occurrence, now: datetime) -> Seat:
    """Say “not this time”: the seat goes to the first in line, and no reminder comes.

    Raises:
        NotAMember: this person does not belong to the group.
        TooLate: the session is over or cancelled.
    """
    locked = _lock(occurrence)
    seat = save_seat(locked, _membership(person, locked, now), State.DECLINED, now)
    _offer(locked, now)
    return seat


@transaction.atomic
def set_seats(*, by: Person, occurrence: Occurrence, capacity: int | None, now: datetime) -> None:
    """Give one session a number of seats of its own, or the group's again (None).

    Whoever has a seat keeps it, also when there are more of them than seats.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        TooLate: the session is over or cancelled.
    """
    locked = _lock(occurrence)
    require_facilitator(by, locked.group)
    _require_ahead(locked, now)
    locked.capacity = capacity
    locked.save(update_fields=["capacity"])
    _offer(locked, now)


def expire_and_offer(*, now: datetime) -> int:
    """Let offers lapse that nobody took, and offer free seats; return how many offers were made.

    A tick calls it. Idempotent: what it has done once it finds nothing to do about.
    """
    return sum(_expire_and_offer(pk, now) for pk in _occurrences_to_update(now))


def standby_order(*, occurrence: Occurrence, now: datetime) -> list[int]:
    """Return who enters in which order where seats stay empty: primary keys of memberships.

    First the line as it stood at the start, then those whose offer lapsed before it. Someone who
    holds an offer that still stands is not in it: her seat is kept.
    """
    stands = Q(state=State.OFFERED, offered_until__gt=now)
    in_line = Seat.objects.of_members().filter(
        occurrence=occurrence, state__in=[State.WAITLISTED, State.OFFERED, State.LAPSED]
    )
    is_late = Case(When(state=State.LAPSED, then=Value(1)), default=Value(0))
    ordered = in_line.exclude(stands).order_by(is_late, "since", "pk")
    return list(ordered.values_list("membership", flat=True))


def _occurrences_to_update(now: datetime) -> list[int]:
    lapsed = Seat.objects.filter(state=State.OFFERED, offered_until__lte=now)
    waited_for = Seat.objects.filter(state=State.WAITLISTED).values("occurrence")
    to_come = Occurrence.objects.filter(pk__in=waited_for, starts_at__gt=now).taking_place()
    of_lapsed = lapsed.values_list("occurrence", flat=True)
    return sorted({*of_lapsed, *to_come.with_room().values_list("pk", flat=True)})


@transaction.atomic
def _expire_and_offer(occurrence: int, now: datetime) -> int:
    locked = Occurrence.objects.select_for_update().get(pk=occurrence)
    ended = Seat.objects.filter(occurrence=locked, state=State.OFFERED, offered_until__lte=now)
    # Whose time was cut short by the start stands in line again, at her old place.
    ended.filter(offered_until__gte=locked.starts_at).update(
        state=State.WAITLISTED, offered_until=None
    )
    ended.update(state=State.LAPSED, since=F("offered_until"), offered_until=None)
    return _offer(locked, now)


def _offer(locked: Occurrence, now: datetime) -> int:
    """Offer every free seat to the first who wait; return how many."""
    if locked.is_cancelled or locked.starts_at <= now:
        return 0
    rows = Seat.objects.filter(occurrence=locked)
    free = max(locked.seats - rows.held(now).count(), 0)
    first = list(rows.waiting().values_list("pk", flat=True)[:free])
    until = offer_ends_at(now, starts_at=locked.starts_at)
    return Seat.objects.filter(pk__in=first).update(state=State.OFFERED, offered_until=until)


def _has_seat_for(locked: Occurrence, membership: Membership, now: datetime) -> bool:
    """Whether there is a seat for this member when all who have or await one are served first."""
    if membership.is_facilitating:
        return True
    own = _own(locked, membership)
    if own and own.state == State.GOING:
        return True
    others = Seat.objects.filter(occurrence=locked).exclude(membership=membership)
    ahead = others.waiting()
    if own and own.state == State.WAITLISTED:
        ahead = ahead.filter(Q(since__lt=own.since) | Q(since=own.since, pk__lt=own.pk))
    if own and own.offered_until and own.offered_until > now:
        ahead = ahead.none()
    return others.held(now).count() + ahead.count() < locked.seats


def _own(locked: Occurrence, membership: Membership) -> Seat | None:
    return Seat.objects.filter(occurrence=locked, membership=membership).first()


def save_seat(locked: Occurrence, membership: Membership, state: str, now: datetime) -> Seat:
    """Write down what somebody said of a session that the caller has locked, with its group."""
    own = _own(locked, membership)
    was_declined = own is not None and own.state == State.DECLINED
    if was_declined != (state == State.DECLINED):
        record_decline(membership, now)
    seat, _made = Seat.objects.update_or_create(
        occurrence=locked,
        membership=membership,
        defaults={"state": state, "since": now, "offered_until": None},
    )
    return seat


def _lock(occurrence: Occurrence) -> Occurrence:
    lock_group(occurrence.group_id)
    return (
        Occurrence.objects.select_for_update(of=("self",))
        .select_related("group")
        .get(pk=occurrence.pk)
    )


def _membership(person: Person, occurrence: Occurrence, now: datetime) -> Membership:
    membership = (
        Membership.objects.active()
        .filter(person=person, group=occurrence.group_id, group__closed_at=None)
        .first()
    )
    if membership is None:
        raise NotAMember
    _require_ahead(occurrence, now)
    return membership


def _require_ahead(occurrence: Occurrence, now: datetime) -> None:
    if occurrence.is_cancelled or occurrence.ends_at <= now:
        raise TooLate
