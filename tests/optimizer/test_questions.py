from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest

from civiltime.zones import UnknownZone
from optimizer import Attendee, GroupSpec, Level, Slot, Window, rank
from optimizer import errors as wrong
from optimizer.weekly_availability import levels_from_windows
from tests.optimizer import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from civiltime.errors import CommonhourError

MINUTES_50, HOURS_25 = timedelta(minutes=50), timedelta(hours=25)
LIBERIA = Attendee("x", "Africa/Monrovia", ())


@pytest.mark.parametrize(
    ("error", "ask"),
    [
        (UnknownZone, lambda: Attendee("bo", "Europe/Atlantis", ())),
        (UnknownZone, lambda: Slot("Europe/Atlantis", 0, time(9))),
        (UnknownZone, lambda: make.group(anchors=("Mars/Base",))),
        (wrong.OutOfRange, lambda: Attendee("bo", "UTC", (), weight=0)),
        (wrong.OutOfRange, lambda: Slot("UTC", 7, time(9))),
        (wrong.OutOfRange, lambda: Slot("UTC", 0, time(9), week=4)),
        (wrong.OutOfRange, lambda: make.group(absence_tol=1.5)),
        (wrong.OutOfRange, lambda: make.group(quorum=-1)),
        (wrong.OutOfRange, lambda: make.group(weeks=0)),
        (wrong.OutOfRange, lambda: make.group(cadence_weeks=5)),
        (wrong.OffGridTime, lambda: make.window("09:05-10:00")),
        (wrong.NoWeekday, lambda: make.window("09:00-10:00", days=frozenset())),
        (wrong.NoWeekday, lambda: make.window("09:00-10:00", days=frozenset({7}))),
        (wrong.UnsupportedDuration, lambda: make.group(duration=MINUTES_50)),
        (wrong.UnsupportedDuration, lambda: make.group(duration=HOURS_25)),
        (wrong.NotAMonday, lambda: make.group(start=date(2027, 1, 5))),
        (wrong.NoPeople, lambda: GroupSpec((), timedelta(hours=1), make.SEASON)),
        (wrong.SameIdTwice, lambda: make.group(make.bo(), make.bo())),
        (wrong.HorizonOutsideTzDatabase, lambda: rank(make.group(start=date(2037, 6, 1)))),
        (wrong.HorizonOutsideTzDatabase, lambda: rank(make.group(start=date(1969, 6, 2)))),
        (wrong.OffGridZone, lambda: rank(make.group(LIBERIA, start=date(1970, 6, 1)))),
    ],
)
def test_a_question_without_an_answer_is_refused_with_a_sentence(
    error: type[CommonhourError], ask: Callable[[], object]
) -> None:
    with pytest.raises(error) as caught:
        ask()
    assert str(caught.value).endswith(".")


def test_every_refusal_has_a_code_of_its_own() -> None:
    refusals = wrong.OptimizerError.__subclasses__()
    assert len({refusal.code for refusal in refusals}) == len(refusals)


def test_ten_thousand_people_fit_and_one_more_does_not() -> None:
    too_many = tuple(Attendee(str(number), "UTC", ()) for number in range(10_001))
    assert make.group(*too_many[:-1])
    with pytest.raises(wrong.TooManyPeople) as caught:
        make.group(*too_many)
    assert (caught.value.count, caught.value.limit) == (10_001, 10_000)


def test_a_later_window_covers_an_earlier_one() -> None:
    week = levels_from_windows([make.window("08:00-20:00"), make.window("12:00-13:00", Level.NO)])
    assert [week[4 * hour] for hour in (7, 8, 12, 13, 20)] == [3, 1, 3, 1, 3]


def test_a_window_past_midnight_runs_into_the_next_day() -> None:
    week = levels_from_windows([Window(frozenset({6}), time(22), time(6), Level.PREFER)])
    assert [cell for cell in range(0, 672, 4) if week[cell] == Level.PREFER] == [
        *range(0, 24, 4),
        *range(664, 672, 4),
    ]


def test_a_window_that_ends_where_it_starts_is_a_whole_day() -> None:
    week = levels_from_windows([Window(frozenset({6}), time(6), time(6), Level.PREFER)])
    assert week.count(Level.PREFER) == 96
    assert week[:24].count(Level.PREFER) == 24


def test_a_slot_and_its_cell_name_each_other() -> None:
    for cell in (0, 1, 671, 672, 1343):
        assert Slot.at("UTC", cell).cell == cell
    assert Slot.at("UTC", 672 + 96 + 73) == Slot("UTC", 1, time(18, 15), week=1)
