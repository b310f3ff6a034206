from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scheduler.rules.zone_strip import PARTS, WIDTH, Bar, meeting_bars, sky_bars

offsets = st.integers(min_value=-26 * 4, max_value=26 * 4).map(lambda quarters: quarters * 15)


def test_at_home_the_night_lies_over_midnight() -> None:
    assert sky_bars(0) == [
        Bar("night", 84, 32),
        Bar("night", -12, 32),
        Bar("early", 20, 12),
        Bar("day", 32, 40),
        Bar("evening", 72, 12),
    ]


def test_a_place_ahead_is_shifted_to_the_start_by_its_quarters_of_an_hour() -> None:
    kathmandu = sky_bars(4 * 60 + 45)
    assert kathmandu[0] == Bar("night", 65, 32)
    assert Bar("day", 13, 40) in kathmandu


@given(offsets)
def test_every_quarter_of_the_day_has_exactly_one_part(minutes_ahead: int) -> None:
    covered = [
        unit
        for bar in sky_bars(minutes_ahead)
        for unit in range(max(bar.x, 0), min(bar.x + bar.width, WIDTH))
    ]
    assert sorted(covered) == list(range(WIDTH))
    assert sum(width for _part, width in PARTS) == WIDTH


@given(offsets)
def test_a_place_a_whole_day_ahead_has_the_same_sky(minutes_ahead: int) -> None:
    assert sky_bars(minutes_ahead) == sky_bars(minutes_ahead + 24 * 60)


def test_a_meeting_over_midnight_is_drawn_at_both_ends() -> None:
    assert meeting_bars(23 * 60 + 30, 60) == [Bar("meeting", 94, 4), Bar("meeting", -2, 4)]


def test_a_short_meeting_can_be_seen() -> None:
    assert meeting_bars(0, 10) == [Bar("meeting", 0, 2)]
