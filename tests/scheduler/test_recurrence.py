from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler.recurrence import FirstDayOffRule, Rule, expand, expand_many
from scheduler.zones import zone


def starts(text, first, place, after, before):
    rule = Rule.parse(text)
    return list(expand(rule, first_local=first, tz=zone(place), after=after, before=before))


def local(*parts):
    return datetime(*parts)  # noqa: DTZ001 - a wall clock has no zone


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_the_wall_clock_stays_when_clocks_change():
    found = starts(
        "FREQ=WEEKLY;BYDAY=TU",
        local(2026, 3, 24, 18),
        "Europe/Bratislava",
        utc(2026, 3, 1),
        utc(2026, 4, 1),
    )
    assert [start.local.hour for start in found] == [18, 18]
    assert [start.at.hour for start in found] == [17, 16]


def test_a_first_day_off_the_rule_is_refused_with_the_next_that_fits():
    with pytest.raises(FirstDayOffRule) as refusal:
        starts(
            "FREQ=WEEKLY;BYDAY=TU", local(2026, 3, 25, 18), "UTC", utc(2026, 1, 1), utc(2027, 1, 1)
        )
    assert refusal.value.offer == date(2026, 3, 31)


def test_many_series_expand_as_one_does():
    rule, first = Rule.parse("FREQ=MONTHLY;BYDAY=1TU,-1FR"), local(2026, 1, 6, 19, 30)
    window = {"after": utc(2026, 1, 1), "before": utc(2027, 1, 1)}
    one = list(expand(rule, first_local=first, tz=zone("Africa/Cairo"), **window))
    many = expand_many([(rule, first, zone("Africa/Cairo"))], **window)
    assert len(one) == 24
    assert [local(1970, 1, 1) + timedelta(minutes=m) for m in many.local_minutes.tolist()] == [
        start.local for start in one
    ]
    assert many.utc_seconds.tolist() == [start.at.timestamp() for start in one]
