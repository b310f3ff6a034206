from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from civiltime.drift import HourChange
from civiltime.recurrence import FirstDayOffRule, Rule, UnsupportedRule
from civiltime.zones import zone
from scheduler.text.schedule import (
    hour_change_in_words,
    hour_change_there_in_words,
    rule_in_words,
    rule_refusal,
    shift_in_words,
)

NEW_YORK = zone("America/New_York")
FIRST = datetime(2026, 10, 25, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("last", "here", "there"),
    [
        (
            FIRST,
            "On 25 October this group is at 06:00 for you, one hour later than usual.",
            "On 25 October it is 06:00 there, one hour later than usual.",
        ),
        (
            FIRST + timedelta(weeks=1),
            (
                "From 25 October to 1 November this group is at 06:00 for you, "
                "one hour later than usual."
            ),
            "From 25 October to 1 November it is 06:00 there, one hour later than usual.",
        ),
        (
            None,
            "From 25 October on this group is at 06:00 for you, one hour later than before.",
            "From 25 October on it is 06:00 there, one hour later than before.",
        ),
    ],
)
def test_a_change_of_clocks_is_told_in_one_sentence(
    last: datetime | None, here: str, there: str
) -> None:
    change = HourChange(0, FIRST, last, HOUR)
    assert hour_change_in_words(change, NEW_YORK) == here
    assert hour_change_there_in_words(change, NEW_YORK) == there


def test_the_day_is_the_readers() -> None:
    late = HourChange(0, datetime(2026, 10, 26, 3, 0, tzinfo=UTC), None, -HOUR)
    assert hour_change_in_words(late, NEW_YORK).startswith("From 25 October on")


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (60, "one hour later"),
        (-60, "one hour earlier"),
        (120, "2 hours later"),
        (30, "half an hour later"),
        (-30, "half an hour earlier"),
        (-45, "45 minutes earlier"),
    ],
)
def test_a_shift_is_told_as_people_say_it(minutes: int, told: str) -> None:
    assert shift_in_words(timedelta(minutes=minutes)) == told


RFC_NAMES = re.compile("BY[A-Z]+|DTSTART|UNTIL|COUNT|INTERVAL|FREQ|WEEKLY|MONTHLY|DAILY|RRULE")


@pytest.mark.parametrize(
    "part", ["DTSTART", "UNTIL", "COUNT", "INTERVAL", "BYMONTHDAY", "BYDAY", "FREQ", "WKST"]
)
def test_no_refusal_of_a_rule_speaks_in_the_names_of_its_format(part: str) -> None:
    said = rule_refusal(UnsupportedRule(part, f"{part} is wrong."))
    assert said
    assert not RFC_NAMES.search(said)


def test_a_first_day_off_the_rule_names_the_next_possible_one() -> None:
    said = rule_refusal(FirstDayOffRule(date(2026, 6, 9), date(2026, 6, 11)))
    assert "Begin on Thursday 11 June 2026" in said


def test_a_session_that_happens_once_is_not_called_daily() -> None:
    said = rule_in_words(Rule.parse("FREQ=DAILY;COUNT=1"), datetime(2026, 6, 6, 9, 0))
    assert said == "Once, on Saturday 6 June 2026 at 09:00"
