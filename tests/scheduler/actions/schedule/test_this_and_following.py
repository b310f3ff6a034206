from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from civiltime import zones
from civiltime.recurrence import Rule
from scheduler.actions import schedule
from scheduler.actions.groups import NotFacilitating
from scheduler.models import Occurrence, ScheduleChange, Seat
from tests import make

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import Group, Series

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY
Kind = ScheduleChange.Kind
THURSDAY_AT_SEVEN = datetime(2026, 6, 25, 19, 0)


def _nth(series: Series, number: int) -> Occurrence:
    return series.occurrences.order_by("original_local")[number]


def _continue(
    by: Person,
    occurrence: Occurrence,
    first_local: datetime = THURSDAY_AT_SEVEN,
    rule: str = "FREQ=WEEKLY",
    *,
    keeps_moved: bool = False,
    now: datetime = NOW,
) -> Series:
    return schedule.continue_series(
        by=by,
        occurrence=occurrence,
        first_local=first_local,
        rule=Rule.parse(rule),
        duration_minutes=90,
        keeps_moved=keeps_moved,
        reason="Tuesdays are full",
        now=now,
    )


def test_the_old_series_ends_before_the_session_and_the_new_one_remembers_it(
    amina: Person, tuesdays: Series
) -> None:
    new = _continue(amina, _nth(tuesdays, 2))
    tuesdays.refresh_from_db()
    assert tuesdays.rule == "FREQ=WEEKLY;UNTIL=20260622"
    assert (new.origin, new.first_local) == (tuesdays, THURSDAY_AT_SEVEN)
    assert [o.starts_local.day for o in tuesdays.occurrences.order_by("starts_at")] == [9, 16]
    starts = list(new.occurrences.order_by("starts_at").values_list("starts_local", flat=True))
    assert starts == [THURSDAY_AT_SEVEN + timedelta(weeks=week) for week in range(24)]


def test_each_session_keeps_its_key_its_seats_and_its_place_in_calendars(
    amina: Person, lamp: Group, tuesdays: Series
) -> None:
    bo = make.membership(make.person("bo"), lamp)
    third, fifth = _nth(tuesdays, 2), _nth(tuesdays, 4)
    for occurrence in (third, fifth):
        make.seat(bo, occurrence)
    new = _continue(amina, third)
    assert _nth(new, 0).key == third.key
    assert [seat.occurrence.starts_local for seat in Seat.objects.order_by("occurrence")] == [
        THURSDAY_AT_SEVEN,
        THURSDAY_AT_SEVEN + timedelta(weeks=2),
    ]
    assert _nth(new, 0).sequence == third.sequence + 1


def test_topping_up_goes_on_with_the_new_series_alone(amina: Person, tuesdays: Series) -> None:
    new = _continue(amina, _nth(tuesdays, 2))
    schedule.top_up(now=NOW + timedelta(weeks=4))
    assert tuesdays.occurrences.count() == 2
    assert new.occurrences.count() == 28


@pytest.mark.parametrize(
    ("keeps_moved", "start"),
    [(True, datetime(2026, 7, 1, 9, 0)), (False, datetime(2026, 7, 2, 19, 0))],
)
def test_a_moved_session_stays_moved_only_if_the_editor_says_so(
    amina: Person, tuesdays: Series, start: datetime, *, keeps_moved: bool
) -> None:
    moved = schedule.move_occurrence(
        by=amina,
        occurrence=_nth(tuesdays, 3),
        starts_local=datetime(2026, 7, 1, 9, 0),
        tz=zones.zone("Europe/Bratislava"),
        duration_minutes=60,
        reason="",
        now=NOW,
    )
    _continue(amina, _nth(tuesdays, 2), keeps_moved=keeps_moved)
    moved.refresh_from_db()
    assert (moved.starts_local, moved.moved_at is not None) == (start, keeps_moved)
    assert moved.original_local == datetime(2026, 7, 2, 19, 0)


def test_a_cancelled_session_stays_cancelled(amina: Person, tuesdays: Series) -> None:
    holiday = _nth(tuesdays, 3)
    schedule.cancel_occurrence(by=amina, occurrence=holiday, reason="", now=NOW)
    _continue(amina, _nth(tuesdays, 2))
    holiday.refresh_from_db()
    assert holiday.is_cancelled
    assert holiday.starts_local == datetime(2026, 7, 2, 19, 0)


def test_what_the_new_rule_has_no_room_for_is_cancelled_with_the_reason(
    amina: Person, tuesdays: Series
) -> None:
    new = _continue(amina, _nth(tuesdays, 2), rule="FREQ=WEEKLY;INTERVAL=2")
    assert new.occurrences.count() == 12
    dropped = tuesdays.occurrences.exclude(cancelled_at=None)
    assert dropped.count() == 12
    assert ScheduleChange.objects.get(occurrence=_nth(tuesdays, 2)).reason == "Tuesdays are full"


def test_what_the_new_rule_adds_is_made(amina: Person, tuesdays: Series) -> None:
    new = _continue(amina, _nth(tuesdays, 2), rule="FREQ=WEEKLY;BYDAY=TU,TH")
    assert new.occurrences.count() == 47
    assert tuesdays.occurrences.exclude(cancelled_at=None).count() == 0


def test_a_change_of_many_sessions_is_one_row_with_a_part_for_each(
    amina: Person, tuesdays: Series
) -> None:
    new = _continue(amina, _nth(tuesdays, 2))
    change = ScheduleChange.objects.top_level().last()
    assert change is not None
    assert (change.kind, change.series, change.by) == (Kind.CONTINUED, new, amina)
    assert change.before["rule"] == "FREQ=WEEKLY"
    assert set(change.parts.values_list("kind", flat=True)) == {Kind.MOVED}
    assert change.parts.count() == 24


def test_a_series_changed_from_its_first_session_on_is_wholly_replaced(
    amina: Person, tuesdays: Series
) -> None:
    _continue(amina, _nth(tuesdays, 0), datetime(2026, 6, 9, 17, 0))
    tuesdays.refresh_from_db()
    assert tuesdays.ended_at == NOW
    assert not tuesdays.occurrences.exists()


def test_only_another_end_is_no_news_to_any_calendar(amina: Person, tuesdays: Series) -> None:
    third = _nth(tuesdays, 2)
    schedule.continue_series(
        by=amina, occurrence=third, first_local=third.starts_local,
        rule=Rule.parse("FREQ=WEEKLY;COUNT=24"), duration_minutes=60, keeps_moved=False,
        reason="", now=NOW,
    )  # fmt: skip
    assert set(Occurrence.objects.values_list("sequence", flat=True)) == {0}
    assert not ScheduleChange.objects.filter(kind=Kind.MOVED).exists()


def test_the_wall_clock_of_the_new_series_holds_across_the_change_of_clocks(
    amina: Person, tuesdays: Series
) -> None:
    new = _continue(amina, _nth(tuesdays, 2))
    hours = {o.starts_at.hour for o in new.occurrences.all()}
    assert hours == {17, 18}
    assert {o.starts_at.astimezone(new.tz).hour for o in new.occurrences.all()} == {19}


def test_nothing_follows_an_extra_session(amina: Person, lamp: Group) -> None:
    with pytest.raises(schedule.NotInASeries):
        _continue(amina, make.occurrence(lamp))


def test_a_series_does_not_go_on_in_the_past_nor_from_a_session_that_began(
    amina: Person, tuesdays: Series
) -> None:
    with pytest.raises(schedule.InThePast):
        _continue(amina, _nth(tuesdays, 0), datetime(2026, 6, 4, 18, 0))
    with pytest.raises(schedule.AlreadyStarted):
        _continue(amina, _nth(tuesdays, 0), now=datetime(2026, 6, 9, 16, 0, tzinfo=UTC))
    tuesdays.refresh_from_db()
    assert tuesdays.rule == "FREQ=WEEKLY"


def test_only_facilitators_change_what_follows(lamp: Group, tuesdays: Series) -> None:
    bo, chen = make.person("bo"), make.person("chen")
    make.membership(bo, lamp)
    for by in (bo, chen):
        with pytest.raises(NotFacilitating):
            _continue(by, _nth(tuesdays, 2))
