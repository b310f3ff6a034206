from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from civiltime import zones
from scheduler.actions import schedule
from scheduler.actions.cover import appoint_substitute, withdraw_cover_request
from scheduler.actions.groups import NotFacilitating
from scheduler.models import Membership, ScheduleChange
from tests import make

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import Group, Occurrence, Series

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY
Kind = ScheduleChange.Kind


def _nth(series: Series, number: int) -> Occurrence:
    return series.occurrences.order_by("original_local")[number]


def _move(by: Person, occurrence: Occurrence, to: datetime, tz: str) -> Occurrence:
    return schedule.move_occurrence(
        by=by,
        occurrence=occurrence,
        starts_local=to,
        tz=zones.zone(tz),
        duration_minutes=60,
        reason="",
        now=NOW,
    )


def test_a_session_moves_past_its_neighbour_and_both_stay_themselves(
    amina: Person, tuesdays: Series
) -> None:
    first, second = _nth(tuesdays, 0), _nth(tuesdays, 1)
    _move(amina, first, datetime(2026, 6, 18, 18, 0), "Europe/Bratislava")
    by_start = list(tuesdays.occurrences.order_by("starts_at").values_list("key", flat=True))
    assert by_start[:2] == [second.key, first.key]
    assert _nth(tuesdays, 0).key == first.key


def test_a_session_moves_to_another_zones_day(amina: Person, tuesdays: Series) -> None:
    moved = _move(amina, _nth(tuesdays, 0), datetime(2026, 6, 10, 0, 30), "Asia/Kathmandu")
    assert moved.starts_at == datetime(2026, 6, 9, 18, 45, tzinfo=UTC)  # a Wednesday in Nepal
    assert moved.starts_at.astimezone(tuesdays.tz).date().isoformat() == "2026-06-09"


def test_a_session_moves_across_a_change_of_clocks_and_keeps_the_wall_clock_it_was_given(
    amina: Person, tuesdays: Series
) -> None:
    before_winter = _nth(tuesdays, 19)  # Tuesday 20 October, summer time
    moved = _move(amina, before_winter, datetime(2026, 10, 26, 18, 0), "Europe/Bratislava")
    assert before_winter.starts_at == datetime(2026, 10, 20, 16, 0, tzinfo=UTC)
    assert moved.starts_at == datetime(2026, 10, 26, 17, 0, tzinfo=UTC)


def test_a_shortened_session_keeps_its_start_and_is_not_called_moved(
    amina: Person, tuesdays: Series
) -> None:
    occurrence = _nth(tuesdays, 0)
    for _again in range(2):
        short = schedule.resize_occurrence(
            by=amina, occurrence=occurrence, duration_minutes=30, reason="a short one", now=NOW
        )
    assert (short.starts_at, short.minutes, short.moved_at) == (occurrence.starts_at, 30, None)
    assert short.sequence == occurrence.sequence + 1
    change = ScheduleChange.objects.get(kind=Kind.RESIZED)
    assert (change.before["minutes"], change.after["minutes"]) == (60, 30)
    assert (change.by, change.at, change.reason) == (amina, NOW, "a short one")


def test_an_extra_session_stands_outside_every_series(amina: Person, lamp: Group) -> None:
    extra = schedule.add_occurrence(
        by=amina,
        group=lamp,
        starts_local=datetime(2026, 6, 6, 9, 0),
        duration_minutes=45,
        reason="before the holiday",
        now=NOW,
    )
    assert (extra.series, extra.starts_at) == (None, datetime(2026, 6, 6, 7, 0, tzinfo=UTC))
    assert ScheduleChange.objects.get(occurrence=extra).kind == Kind.ADDED


def test_no_extra_session_lies_in_the_past_or_on_another(
    amina: Person, lamp: Group, tuesdays: Series
) -> None:
    when = {
        datetime(2026, 6, 5, 13, 0): schedule.InThePast,
        datetime(2026, 6, 9, 18, 0): schedule.TimeIsTaken,
    }
    for local, refusal in when.items():
        with pytest.raises(refusal):
            schedule.add_occurrence(
                by=amina, group=lamp, starts_local=local, duration_minutes=60, reason="", now=NOW
            )


def test_who_covers_a_session_is_a_change_of_which_no_calendar_hears(
    amina: Person, lamp: Group, tuesdays: Series
) -> None:
    dara = make.membership(make.person("dara"), lamp, role=Membership.Role.CO_FACILITATOR)
    occurrence = _nth(tuesdays, 0)
    for _again in range(2):
        appoint_substitute(by=amina, occurrence=occurrence, membership=dara, now=NOW)
    withdraw_cover_request(by=amina, occurrence=occurrence, now=NOW)
    occurrence.refresh_from_db()
    assert (occurrence.substitute, occurrence.sequence) == (None, 0)
    changes = ScheduleChange.objects.filter(kind=Kind.COVERED)
    assert [(c.by, c.before["substitute"], c.after["substitute"]) for c in changes] == [
        (amina, None, dara.pk),
        (amina, dara.pk, None),
    ]


def test_only_facilitators_shorten_and_add(lamp: Group, tuesdays: Series) -> None:
    bo, chen = make.person("bo"), make.person("chen", tz="Asia/Kathmandu")
    make.membership(bo, lamp, role=Membership.Role.MEMBER)
    occurrence = _nth(tuesdays, 0)
    for by in (bo, chen):
        with pytest.raises(NotFacilitating):
            schedule.resize_occurrence(
                by=by, occurrence=occurrence, duration_minutes=30, reason="", now=NOW
            )
        with pytest.raises(NotFacilitating):
            schedule.add_occurrence(
                by=by, group=lamp, starts_local=datetime(2026, 7, 1, 9, 0), duration_minutes=60,
                reason="", now=NOW,
            )  # fmt: skip


def test_a_session_that_ends_after_midnight_lasts_as_long_as_any(
    amina: Person, lamp: Group
) -> None:
    late = schedule.add_occurrence(
        by=amina,
        group=lamp,
        starts_local=datetime(2026, 10, 24, 23, 30),
        duration_minutes=240,
        reason="",
        now=NOW,
    )
    assert late.ends_at - late.starts_at == timedelta(hours=4)  # though clocks fall back in it
    assert late.ends_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
