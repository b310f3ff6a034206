"""Book a seat at every session of a series, as sessions are created."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import transaction

from scheduler.actions.seats import NoSeatLeft, NotAMember, TooLate
from scheduler.models import Membership, Occurrence, RecurringSeat, Seat, Series

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accounts.models import Person

State = Seat.State


@transaction.atomic
def book_recurring_seat(*, person: Person, series: Series, now: datetime) -> RecurringSeat:
    """Book a seat at every later session of a series; idempotent.

    In a session that is full the member joins the waiting list. Answers to single sessions stay:
    a declined session is not booked.

    Raises:
        NotAMember: this person does not belong to the group.
        NoSeatLeft: as many members have a recurring seat as the group has seats.
        TooLate: the series has ended.
    """
    locked = (
        Series.objects.select_for_update(of=("self",)).select_related("group").get(pk=series.pk)
    )
    membership = locked.group.memberships.active().filter(person=person).first()
    if membership is None or locked.group.closed_at:
        raise NotAMember
    if locked.ended_at:
        raise TooLate
    recurring_seats = locked.recurring_seats.filter(membership__role=Membership.Role.MEMBER)
    others = recurring_seats.exclude(membership=membership).count()
    if not membership.is_facilitating and others >= locked.group.capacity:
        raise NoSeatLeft
    recurring_seat, _made = RecurringSeat.objects.get_or_create(
        membership=membership, series=locked, defaults={"since": now}
    )
    book_recurring_seats(series=locked, now=now)
    return recurring_seat


@transaction.atomic
def cancel_recurring_seat(*, person: Person, series: Series, now: datetime) -> None:
    """Cancel the recurring seat and release the seats it booked; a tick offers them to others."""
    RecurringSeat.objects.filter(membership__person=person, series=series).delete()
    Seat.objects.filter(
        membership__person=person, occurrence__series=series, occurrence__starts_at__gt=now
    ).exclude(state=State.DECLINED).delete()


def copy_recurring_seats(*, old: Series, new: Series) -> None:
    """Copy the recurring seats of a series that ends to its successor.

    Called in the transaction that creates the successor, before its sessions are.
    """
    RecurringSeat.objects.bulk_create(
        [
            RecurringSeat(
                membership_id=recurring_seat.membership_id, series=new, since=recurring_seat.since
            )
            for recurring_seat in old.recurring_seats.all()
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def book_recurring_seats(*, series: Series, now: datetime) -> int:
    """Book seats where members with a recurring one have no answer yet; return how many.

    Members are served in the order in which they booked; in full sessions they wait.
    """
    recurring_seats = list(series.recurring_seats.select_related("membership"))
    if not recurring_seats:
        return 0
    to_come = series.occurrences.filter(starts_at__gt=now).order_by("pk")
    occurrences = list(to_come.select_for_update(of=("self",)).select_related("group"))
    rows: dict[int, list[Seat]] = defaultdict(list)
    for seat in Seat.objects.filter(occurrence__in=occurrences).select_related("membership"):
        rows[seat.occurrence_id].append(seat)
    made = [
        seat
        for occurrence in occurrences
        for seat in _seats_for(occurrence, rows[occurrence.pk], recurring_seats, now)
    ]
    return len(Seat.objects.bulk_create(made))


def _seats_for(
    occurrence: Occurrence,
    rows: list[Seat],
    recurring_seats: Iterable[RecurringSeat],
    now: datetime,
) -> list[Seat]:
    answered = {row.membership_id for row in rows}
    wanted = {State.GOING, State.OFFERED, State.WAITLISTED}
    taken = sum(row.state in wanted and not row.membership.is_facilitating for row in rows)
    made = []
    for recurring_seat in recurring_seats:
        if recurring_seat.membership_id in answered:
            continue
        needs_seat = not recurring_seat.membership.is_facilitating
        is_full = needs_seat and taken >= occurrence.seats
        taken += needs_seat
        made.append(
            Seat(
                occurrence=occurrence,
                membership=recurring_seat.membership,
                state=State.WAITLISTED if is_full else State.GOING,
                since=now,
            )
        )
    return made
