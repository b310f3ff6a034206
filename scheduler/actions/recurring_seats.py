"""Come every week: a seat at each session of a series, as sessions are made."""

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
    """Have a seat every time, from the next session on; asking twice takes one.

    A session that is full already puts her on its waiting list. What she said of single
    sessions stays: “not this time” is not overruled.

    Raises:
        NotAMember: this person does not belong to the group.
        NoSeatLeft: as many regulars as the group seats come already.
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
    regulars = locked.recurring_seats.filter(membership__role=Membership.Role.MEMBER)
    others = regulars.exclude(membership=membership).count()
    if not membership.is_facilitating and others >= locked.group.capacity:
        raise NoSeatLeft
    standing, _made = RecurringSeat.objects.get_or_create(
        membership=membership, series=locked, defaults={"since": now}
    )
    book_recurring_seats(series=locked, now=now)
    return standing


@transaction.atomic
def cancel_recurring_seat(*, person: Person, series: Series, now: datetime) -> None:
    """Come only when one says so; seats to come are freed, and the next tick offers them."""
    RecurringSeat.objects.filter(membership__person=person, series=series).delete()
    Seat.objects.filter(
        membership__person=person, occurrence__series=series, occurrence__starts_at__gt=now
    ).exclude(state=State.DECLINED).delete()


def copy_recurring_seats(*, old: Series, new: Series) -> None:
    """Let the regulars of a series that ends be regulars of the one that follows it.

    Called within the transaction that makes the new series, before its window is filled.
    """
    RecurringSeat.objects.bulk_create(
        [
            RecurringSeat(membership_id=standing.membership_id, series=new, since=standing.since)
            for standing in old.recurring_seats.all()
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def book_recurring_seats(*, series: Series, now: datetime) -> int:
    """Give each regular a seat wherever she has said nothing yet; return how many were given.

    In the order in which they became regulars; where the session is full they wait.
    """
    regulars = list(series.recurring_seats.select_related("membership"))
    if not regulars:
        return 0
    to_come = series.occurrences.filter(starts_at__gt=now).order_by("pk")
    occurrences = list(to_come.select_for_update(of=("self",)).select_related("group"))
    rows: dict[int, list[Seat]] = defaultdict(list)
    for seat in Seat.objects.filter(occurrence__in=occurrences).select_related("membership"):
        rows[seat.occurrence_id].append(seat)
    made = [
        seat
        for occurrence in occurrences
        for seat in _seats_for(occurrence, rows[occurrence.pk], regulars, now)
    ]
    return len(Seat.objects.bulk_create(made))


def _seats_for(
    occurrence: Occurrence, rows: list[Seat], regulars: Iterable[RecurringSeat], now: datetime
) -> list[Seat]:
    have_spoken = {row.membership_id for row in rows}
    wanted = {State.GOING, State.OFFERED, State.WAITLISTED}
    taken = sum(row.state in wanted and not row.membership.is_facilitating for row in rows)
    made = []
    for regular in regulars:
        if regular.membership_id in have_spoken:
            continue
        needs_seat = not regular.membership.is_facilitating
        is_full = needs_seat and taken >= occurrence.seats
        taken += needs_seat
        made.append(
            Seat(
                occurrence=occurrence,
                membership=regular.membership,
                state=State.WAITLISTED if is_full else State.GOING,
                since=now,
            )
        )
    return made
