from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from civiltime.recurrence import (
    FirstDayOffRule,
    GapOrOverlap,
    Rule,
    UnsupportedRule,
    expand,
    expand_many,
    next_gap_or_overlap,
)
from civiltime.zones import canonical_names, resolve_local, zone

ALWAYS = {
    "after": datetime.min.replace(tzinfo=UTC),
    "before": datetime.max.replace(tzinfo=UTC),
}


def instants(text, first, zone_name, **window):
    rule = Rule.parse(text)
    starts = expand(rule, first_local=first, tz=zone(zone_name), **(ALWAYS | window))
    return [start.at.strftime("%m-%d %H:%M") for start in starts]


def gap_or_overlap_of(text, first, zone_name, **window):
    rule = Rule.parse(text)
    return next_gap_or_overlap(rule, first_local=first, tz=zone(zone_name), **(ALWAYS | window))


@pytest.mark.parametrize(
    ("zone_name", "first", "utc"),
    [
        ("Europe/Berlin", (2026, 3, 28, 2, 30), ["03-28 01:30", "03-29 01:30", "03-30 00:30"]),
        ("Europe/Berlin", (2026, 10, 24, 2, 30), ["10-24 00:30", "10-25 00:30", "10-26 01:30"]),
        (
            "Australia/Lord_Howe",
            (2026, 10, 3, 2, 15),
            ["10-02 15:45", "10-03 15:45", "10-04 15:15"],
        ),
        ("Africa/Cairo", (2026, 4, 23, 0, 30), ["04-22 22:30", "04-23 22:30", "04-24 21:30"]),
        ("Africa/Cairo", (2026, 10, 28, 23, 30), ["10-28 20:30", "10-29 20:30", "10-30 21:30"]),
        ("Africa/Casablanca", (2025, 2, 22, 18, 0), ["02-22 17:00", "02-23 18:00", "02-24 18:00"]),
        ("Africa/Casablanca", (2025, 4, 5, 18, 0), ["04-05 18:00", "04-06 17:00", "04-07 17:00"]),
        ("Europe/Berlin", (2026, 3, 28, 3, 0), ["03-28 02:00", "03-29 01:00", "03-30 01:00"]),
        ("Europe/Berlin", (2026, 3, 27, 3, 0), ["03-27 02:00", "03-28 02:00", "03-29 01:00"]),
        ("Europe/Berlin", (2026, 3, 29, 3, 0), ["03-29 01:00", "03-30 01:00", "03-31 01:00"]),
        ("Europe/Berlin", (2026, 10, 24, 3, 0), ["10-24 01:00", "10-25 02:00", "10-26 02:00"]),
        ("Asia/Kathmandu", (2026, 1, 1, 18, 0), ["01-01 12:15", "01-02 12:15", "01-03 12:15"]),
        ("Pacific/Apia", (2011, 12, 29, 18, 0), ["12-30 04:00", "12-31 04:00", "12-31 04:00"]),
    ],
)
def test_a_daily_hour_on_days_of_unusual_transitions(zone_name, first, utc):
    text, first_local = "FREQ=DAILY;COUNT=3", datetime(*first)
    assert instants(text, first_local, zone_name) == utc
    batch = expand_many([(Rule.parse(text), first_local, zone(zone_name))], **ALWAYS)
    at_once = [datetime.fromtimestamp(at, UTC) for at in batch.utc_seconds.tolist()]
    assert [at.strftime("%m-%d %H:%M") for at in at_once] == utc


def test_two_sessions_that_fall_on_one_instant_keep_their_own_names():
    rule, first = Rule.parse("FREQ=DAILY;COUNT=3"), datetime(2011, 12, 29, 18)
    starts = list(expand(rule, first_local=first, tz=zone("Pacific/Apia"), **ALWAYS))
    assert [start.local.day for start in starts] == [29, 30, 31]


def test_the_wall_clock_stays_when_clocks_change():
    window = {"after": datetime(2026, 3, 1, tzinfo=UTC), "before": datetime(2026, 4, 1, tzinfo=UTC)}
    found = instants(
        "FREQ=WEEKLY;BYDAY=TU", datetime(2026, 3, 24, 18), "Europe/Bratislava", **window
    )
    assert found == ["03-24 17:00", "03-31 16:00"]


def test_the_window_holds_its_first_instant_and_not_its_last():
    window = {
        "after": datetime(2026, 1, 6, 12, 15, tzinfo=UTC),
        "before": datetime(2026, 1, 8, 12, 15, tzinfo=UTC),
    }
    found = instants("FREQ=DAILY", datetime(2026, 1, 1, 18), "Asia/Kathmandu", **window)
    assert found == ["01-06 12:15", "01-07 12:15"]


def test_the_window_may_be_given_in_any_zone():
    nepal = timezone(timedelta(hours=5, minutes=45))
    window = {
        "after": datetime(2026, 1, 6, 18, tzinfo=nepal),
        "before": datetime(2026, 1, 6, 18, 1, tzinfo=nepal),
    }
    assert instants("FREQ=DAILY", datetime(2026, 1, 1, 18), "Asia/Kathmandu", **window) == [
        "01-06 12:15"
    ]


def test_an_empty_window_has_no_starts():
    moment = datetime(2026, 1, 6, 12, 15, tzinfo=UTC)
    assert (
        instants("FREQ=DAILY", datetime(2026, 1, 1, 18), "UTC", after=moment, before=moment) == []
    )


def test_a_window_without_a_zone_is_a_mistake():
    with pytest.raises(ValueError, match="no zone"):
        instants("FREQ=DAILY", datetime(2026, 1, 1, 18), "UTC", after=datetime(2026, 1, 1))


def test_nothing_is_expanded_before_the_first_session_or_beyond_the_last():
    assert instants("FREQ=WEEKLY;COUNT=2", datetime(2026, 1, 1, 18), "UTC") == [
        "01-01 18:00",
        "01-08 18:00",
    ]
    assert instants("FREQ=DAILY;UNTIL=20260102", datetime(2026, 1, 1, 18), "UTC") == [
        "01-01 18:00",
        "01-02 18:00",
    ]


def test_an_open_series_ends_with_the_year_2099():
    found = instants("FREQ=MONTHLY", datetime(2099, 10, 28, 18), "UTC")
    assert found == ["10-28 18:00", "11-28 18:00", "12-28 18:00"]


def test_each_start_of_every_zone_is_the_instant_of_its_wall_clock():
    rule, first = Rule.parse("FREQ=DAILY;COUNT=500"), datetime(2026, 1, 1, 0, 30)
    for name in sorted(canonical_names()):
        tz = zone(name)
        for local, at in expand(rule, first_local=first, tz=tz, **ALWAYS):
            assert at == resolve_local(local, tz), (name, local)


def test_the_first_hour_that_does_not_exist_is_found():
    found = gap_or_overlap_of("FREQ=WEEKLY;BYDAY=SU", datetime(2026, 1, 4, 2, 30), "Europe/Berlin")
    assert found.kind is GapOrOverlap.GAP
    assert found.start.local == datetime(2026, 3, 29, 2, 30)
    assert found.start.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_the_first_hour_that_comes_twice_is_found():
    after = datetime(2026, 4, 1, tzinfo=UTC)
    found = gap_or_overlap_of(
        "FREQ=DAILY", datetime(2026, 1, 4, 2, 30), "Europe/Berlin", after=after
    )
    assert found.kind is GapOrOverlap.OVERLAP
    assert found.start.local == datetime(2026, 10, 25, 2, 30)


def test_an_hour_that_clocks_never_touch_has_no_gap_or_overlap():
    rule = "FREQ=DAILY;COUNT=520"
    assert gap_or_overlap_of(rule, datetime(2026, 1, 4, 18), "Europe/Berlin") is None
    assert gap_or_overlap_of(rule, datetime(2026, 1, 4, 2, 30), "Asia/Kathmandu") is None


def test_many_series_without_any_series_are_none():
    batch = expand_many([], **ALWAYS)
    assert len(batch.series) == len(batch.local_minutes) == len(batch.utc_seconds) == 0


def test_many_series_come_ordered_by_series_and_then_by_time():
    berlin, apia = zone("Europe/Berlin"), zone("Pacific/Apia")
    batch = expand_many(
        [
            (Rule.parse("FREQ=MONTHLY;BYDAY=-1FR,1TU;COUNT=3"), datetime(2026, 3, 3, 19), berlin),
            (Rule.parse("FREQ=DAILY;COUNT=3"), datetime(2011, 12, 29, 18), apia),
        ],
        **ALWAYS,
    )
    assert batch.series.tolist() == [0, 0, 0, 1, 1, 1]
    named = [datetime(1970, 1, 1) + timedelta(minutes=m) for m in batch.local_minutes.tolist()]
    assert named == [
        datetime(2026, 3, 3, 19),
        datetime(2026, 3, 27, 19),
        datetime(2026, 4, 7, 19),
        datetime(2011, 12, 29, 18),
        datetime(2011, 12, 30, 18),
        datetime(2011, 12, 31, 18),
    ]
    assert [datetime.fromtimestamp(s, UTC).hour for s in batch.utc_seconds.tolist()] == [
        18, 18, 17, 4, 4, 4,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "first", "refusal"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", datetime(2026, 1, 7, 18), FirstDayOffRule),
        ("FREQ=MONTHLY;BYDAY=1TU", datetime(2026, 1, 13, 18), FirstDayOffRule),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=2", datetime(2026, 1, 13, 18), FirstDayOffRule),
        ("FREQ=MONTHLY", datetime(2026, 1, 31, 18), UnsupportedRule),
        ("FREQ=DAILY;UNTIL=20250101", datetime(2026, 1, 1, 18), UnsupportedRule),
        ("FREQ=DAILY", datetime(2026, 1, 1, 18, 0, 1), UnsupportedRule),
        ("FREQ=DAILY", datetime(2100, 1, 1), UnsupportedRule),
        ("FREQ=DAILY", datetime(2026, 1, 1, tzinfo=UTC), ValueError),
    ],
)
def test_many_series_refuse_the_one_at_fault(text, first, refusal):
    good = (Rule.parse("FREQ=DAILY"), datetime(2026, 1, 1, 18), zone("UTC"))
    with pytest.raises(refusal):
        expand_many([good, (Rule.parse(text), first, zone("UTC"))], **ALWAYS)
