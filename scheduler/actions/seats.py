"""Book a seat at a session, join its waiting list, decline; offer released seats to the list."""

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
    """All seats are booked, offered or needed by the waiting list."""

    code = "no_seat_left"

    def __init__(self) -> None:
        super().__init__(
            _("The last place was just taken. Join the waiting list, or come to the next session.")
        )


class NotAMember(CommonhourError):
    """The person does not belong to the group."""

    code = "not_a_member"

    def __init__(self) -> None:
        super().__init__(_("Join the group first, then say that you come."))


class TooLate(CommonhourError):
    """The session is over or cancelled."""

    code = "too_late"

    def __init__(self) -> None:
        super().__init__(_("This session is over or cancelled. Look at the next one."))


@transaction.atomic
def book_seat(*, person: Person, occurrence: Occurrence, now: datetime) -> Seat:
    """Book a seat, or accept the offered one; idempotent.

    The occurrence's row is the lock. Nobody overtakes the waiting list.

    Raises:
        NoSeatLeft: there is no seat after the waiting list is served.
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
    """Join the waiting list, or book a seat if one is free; a second call keeps the position.

    Raises:
        NotAMember: this person does not belong to the group.
        TooLate: the session is over or cancelled.
    """
    locked = _lock(occurrence)
    membership = _membership(person, locked, now)
    if _has_seat_for(locked, membership, now):
        return save_seat(locked, membership, State.GOING, now)
    own = _seat_of(locked, membership)
    if own and own.state == State.WAITLISTED:
        return own
    return save_seat(locked, membership, State.WAITLISTED, now)


@transaction.atomic
def decline_seat(*, person: Person, occurrence: Occurrence, now: datetime) -> Seat:
    """Decline a session: the seat is offered to the waiting list, and no reminder is sent.

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
    """Set the number of seats of one session, or the group's own (None).

    Booked seats stay, also when there are more of them than seats.

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
    """Expire offers that were not accepted and offer free seats; return the number of new offers.

    A tick calls it; idempotent.
    """
    return sum(_expire_and_offer(pk, now) for pk in _occurrences_to_update(now))


def standby_order(*, occurrence: Occurrence, now: datetime) -> list[int]:
    """Return primary keys of memberships in the order in which they may take empty seats.

    First the waiting list as it stood at the start, then lapsed offers. Members with an offer
    that is still valid are left out: their seats are kept.
    """
    stands = Q(state=State.OFFERED, offered_until__gt=now)
    waiting = Seat.objects.of_members().filter(
        occurrence=occurrence, state__in=[State.WAITLISTED, State.OFFERED, State.LAPSED]
    )
    is_late = Case(When(state=State.LAPSED, then=Value(1)), default=Value(0))
    ordered = waiting.exclude(stands).order_by(is_late, "since", "pk")
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
    # Offers cut short by the start go back to their old position on the waiting list.
    ended.filter(offered_until__gte=locked.starts_at).update(
        state=State.WAITLISTED, offered_until=None
    )
    ended.update(state=State.LAPSED, since=F("offered_until"), offered_until=None)
    return _offer(locked, now)


def _offer(locked: Occurrence, now: datetime) -> int:
    """Offer free seats to the waiting list in order; return how many."""
    if locked.is_cancelled or locked.starts_at <= now:
        return 0
    rows = Seat.objects.filter(occurrence=locked)
    free = max(locked.seats - rows.held(now).count(), 0)
    first = list(rows.waiting().values_list("pk", flat=True)[:free])
    until = offer_ends_at(now, starts_at=locked.starts_at)
    return Seat.objects.filter(pk__in=first).update(state=State.OFFERED, offered_until=until)


def _has_seat_for(locked: Occurrence, membership: Membership, now: datetime) -> bool:
    """Whether a seat is left for this member after all who hold one or wait ahead of them."""
    if membership.is_facilitating:
        return True
    own = _seat_of(locked, membership)
    if own and own.state == State.GOING:
        return True
    others = Seat.objects.filter(occurrence=locked).exclude(membership=membership)
    ahead = others.waiting()
    if own and own.state == State.WAITLISTED:
        ahead = ahead.filter(Q(since__lt=own.since) | Q(since=own.since, pk__lt=own.pk))
    if own and own.offered_until and own.offered_until > now:
        ahead = ahead.none()
    return others.held(now).count() + ahead.count() < locked.seats


def _seat_of(locked: Occurrence, membership: Membership) -> Seat | None:
    return Seat.objects.filter(occurrence=locked, membership=membership).first()


def save_seat(locked: Occurrence, membership: Membership, state: str, now: datetime) -> Seat:
    """Save a member's answer to a session that the caller has locked, with its group."""
    own = _seat_of(locked, membership)
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
