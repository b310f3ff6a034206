from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from civiltime import zones
from civiltime.recurrence import Rule
from scheduler.actions import schedule
from scheduler.actions.groups import NotFacilitating
from scheduler.models import Occurrence, ScheduleChange
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import Person
    from scheduler.models import Group, Series

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY
LATER = NOW + timedelta(hours=1)
Kind = ScheduleChange.Kind
FACTS = (
    "key", "series", "original_local", "starts_local", "tz", "starts_at", "ends_at", "moved_at",
    "substitute", "cancelled_at",
)  # fmt: skip


def _move(by: Person, occurrence: Occurrence) -> None:
    schedule.move_occurrence(
        by=by, occurrence=occurrence, starts_local=datetime(2026, 7, 1, 9, 0),
        tz=zones.zone("Asia/Kathmandu"), duration_minutes=45, reason="", now=NOW,
    )  # fmt: skip


def _follow(by: Person, occurrence: Occurrence) -> None:
    schedule.continue_series(
        by=by, occurrence=occurrence, first_local=datetime(2026, 6, 25, 19, 0),
        rule=Rule.parse("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"), duration_minutes=90, keeps_moved=False,
        reason="", now=NOW,
    )  # fmt: skip


def _resize(by: Person, occurrence: Occurrence) -> None:
    schedule.resize_occurrence(
        by=by, occurrence=occurrence, duration_minutes=30, reason="", now=NOW
    )


def _cancel(by: Person, occurrence: Occurrence) -> None:
    schedule.cancel_occurrence(by=by, occurrence=occurrence, reason="", now=NOW)


def _end(by: Person, occurrence: Occurrence) -> None:
    assert occurrence.series is not None
    schedule.end_series(by=by, series=occurrence.series, now=NOW)


def _sessions(group: Group) -> list[tuple[Any, ...]]:
    return list(group.occurrences.order_by("pk").values_list(*FACTS))


@pytest.mark.parametrize(
    "change", [_move, _resize, _cancel, _end, _follow], ids=lambda it: it.__name__
)
def test_every_session_and_rule_is_as_it_was_before_the_last_change(
    amina: Person, lamp: Group, tuesdays: Series, change: Callable[[Person, Occurrence], None]
) -> None:
    before = _sessions(lamp), tuesdays.rule
    change(amina, tuesdays.occurrences.order_by("starts_at")[2])
    assert _sessions(lamp) != before[0]
    schedule.undo_last_change(by=amina, group=lamp, now=LATER)
    tuesdays.refresh_from_db()
    assert (_sessions(lamp), tuesdays.rule) == before
    assert tuesdays.ended_at is None


def test_undoing_is_a_change_of_its_own_and_happens_once(
    amina: Person, lamp: Group, tuesdays: Series
) -> None:
    occurrence = tuesdays.occurrences.order_by("starts_at")[0]
    _move(amina, occurrence)
    undone = schedule.undo_last_change(by=amina, group=lamp, now=LATER)
    assert undone.undoes == ScheduleChange.objects.get(kind=Kind.MOVED, part_of=None)
    assert (undone.by, undone.at) == (amina, LATER)
    with pytest.raises(schedule.NothingToUndo):
        schedule.undo_last_change(by=amina, group=lamp, now=LATER)


def test_members_hear_of_a_session_that_moves_back_as_of_any_move(
    amina: Person, lamp: Group, tuesdays: Series
) -> None:
    occurrence = tuesdays.occurrences.order_by("starts_at")[0]
    _move(amina, occurrence)
    undone = schedule.undo_last_change(by=amina, group=lamp, now=LATER)
    assert [(part.kind, part.occurrence) for part in undone.parts.all()] == [
        (Kind.MOVED, occurrence)
    ]
    occurrence.refresh_from_db()
    assert occurrence.sequence == 2


def test_an_extra_session_and_a_new_hour_are_undone_by_cancelling_them(
    amina: Person, lamp: Group, tuesdays: Series
) -> None:
    schedule.undo_last_change(by=amina, group=lamp, now=LATER)  # the founding of the series
    assert not tuesdays.occurrences.taking_place().exists()
    extra = schedule.add_occurrence(
        by=amina, group=lamp, starts_local=datetime(2026, 6, 6, 9, 0), duration_minutes=60,
        reason="", now=LATER,
    )  # fmt: skip
    schedule.undo_last_change(by=amina, group=lamp, now=NOW + timedelta(hours=2))
    extra.refresh_from_db()
    assert extra.is_cancelled


def test_a_restored_session_is_cancelled_again(
    amina: Person, lamp: Group, tuesdays: Series
) -> None:
    occurrence = tuesdays.occurrences.order_by("starts_at")[0]
    _cancel(amina, occurrence)
    schedule.restore_occurrence(by=amina, occurrence=occurrence, now=NOW)
    schedule.undo_last_change(by=amina, group=lamp, now=LATER)
    occurrence.refresh_from_db()
    assert occurrence.is_cancelled


def test_nothing_is_undone_once_its_session_has_begun(
    amina: Person, lamp: Group, tuesdays: Series
) -> None:
    occurrence = tuesdays.occurrences.order_by("starts_at")[0]
    _cancel(amina, occurrence)
    with pytest.raises(schedule.AlreadyStarted):
        schedule.undo_last_change(by=amina, group=lamp, now=occurrence.starts_at)
    occurrence.refresh_from_db()
    assert occurrence.is_cancelled


def test_no_session_goes_back_to_a_moment_that_has_passed(
    amina: Person, lamp: Group, tuesdays: Series
) -> None:
    occurrence = tuesdays.occurrences.order_by("starts_at")[0]
    _move(amina, occurrence)
    with pytest.raises(schedule.InThePast):
        schedule.undo_last_change(by=amina, group=lamp, now=occurrence.starts_at)


def test_only_facilitators_of_this_group_undo(amina: Person, lamp: Group, tuesdays: Series) -> None:
    bo, chen = make.person("bo"), make.person("chen")
    make.membership(bo, lamp)
    other = make.group("Elsewhere")
    for by in (bo, chen):
        with pytest.raises(NotFacilitating):
            schedule.undo_last_change(by=by, group=lamp, now=LATER)
    with pytest.raises(NotFacilitating):
        schedule.undo_last_change(by=amina, group=other, now=LATER)
