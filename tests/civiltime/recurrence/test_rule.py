from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from civiltime.errors import CommonhourError
from civiltime.recurrence import (
    FirstDayOffRule,
    Frequency,
    NthWeekday,
    Rule,
    UnsupportedRule,
    Weekday,
    expand,
    ical_text,
)
from civiltime.zones import zone

HOSTILE = [
    "",
    ";",
    "=",
    "FREQ",
    "FREQ=",
    "FREQ=SECONDLY",
    "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=HOURLY",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYYEARDAY=1",
    "FREQ=DAILY;BYHOUR=25",
    "FREQ=DAILY;BYSETPOS=1000000",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=13",
    "FREQ=DAILY;INTERVAL=-1",
    "FREQ=DAILY;INTERVAL=99999999999999999999",
    "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;COUNT=521",
    "FREQ=DAILY;COUNT=１２",
    "FREQ=DAILY;COUNT=1_0",
    "FREQ=DAILY;COUNT=3;UNTIL=20300101",
    "FREQ=DAILY;UNTIL=20300230",
    "FREQ=DAILY;UNTIL=99991231",
    "FREQ=DAILY;UNTIL=00010101",
    "FREQ=DAILY;UNTIL=20300101T000000Z",
    "FREQ=DAILY;UNTIL=20300101T999999",
    "FREQ=DAILY;UNTIL=tomorrow",
    "FREQ=DAILY;BYMONTHDAY=1",
    "FREQ=DAILY;FREQ=WEEKLY",
    "FREQ=DAILY;COUNT=3;COUNT=4",
    "FREQ=WEEKLY;",
    "FREQ=WEEKLY;BYDAY=",
    "FREQ=WEEKLY;BYDAY=XX",
    "FREQ=WEEKLY;BYDAY=1TU",
    "FREQ=WEEKLY;BYDAY=TU,",
    "FREQ=WEEKLY;BYMONTHDAY=3",
    "FREQ=WEEKLY;WKST=1",
    "FREQ=WEEKLY;RSCALE=HEBREW",
    "FREQ=WEEKLY;EXDATE=20260101",
    "FREQ=WEEKLY\r\nDTSTART:20260101",
    "FREQ=WEEKLY;BYDAY=" + ",".join(["TU"] * 100_000),
    "FREQ=MONTHLY;BYDAY=TU",
    "FREQ=MONTHLY;BYDAY=5TU",
    "FREQ=MONTHLY;BYDAY=-2TU",
    "FREQ=MONTHLY;BYDAY=0TU",
    "FREQ=MONTHLY;BYDAY=99TU",
    "FREQ=MONTHLY;BYDAY=MO,2TU",
    "FREQ=MONTHLY;BYDAY=4TU,-1TU",
    "FREQ=MONTHLY;BYDAY=1TU;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYMONTHDAY=0",
    "FREQ=MONTHLY;BYMONTHDAY=29",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "RRULE:FREQ=WEEKLY",
    "A" * 10_000_000,
    ";" * 299,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:40] or "empty")
def test_a_rule_outside_the_allow_list_is_refused_at_once_and_says_why(text):
    begun = time.perf_counter()
    with pytest.raises(UnsupportedRule) as refusal:
        Rule.parse(text)
    assert time.perf_counter() - begun < 0.05
    assert refusal.value.part
    assert len(refusal.value.part) <= 20
    assert refusal.value.reason.endswith(".")
    assert isinstance(refusal.value, CommonhourError)
    assert refusal.value.code == "unsupported_rule"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=TU"),
        ("byday=th,tu,th;freq=weekly", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("FREQ=WEEKLY;INTERVAL=1;WKST=SU;BYDAY=SU,MO", "FREQ=WEEKLY;BYDAY=MO,SU"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=MO"),
        (
            "WKST=SU;INTERVAL=2;FREQ=WEEKLY;BYDAY=SU,TU",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
        ),
        ("FREQ=MONTHLY;BYDAY=-1FR,+3MO", "FREQ=MONTHLY;BYDAY=3MO,-1FR"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,01;COUNT=9", "FREQ=MONTHLY;COUNT=9;BYMONTHDAY=1,15"),
        ("FREQ=DAILY;UNTIL=20271231;INTERVAL=3", "FREQ=DAILY;UNTIL=20271231;INTERVAL=3"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ],
)
def test_every_rule_has_one_canonical_text(text, canonical):
    assert str(Rule.parse(text)) == canonical
    assert Rule.parse(canonical) == Rule.parse(text)


def test_a_rule_may_be_made_without_text():
    rule = Rule(Frequency.MONTHLY, weekdays=(NthWeekday(-1, Weekday.FR), NthWeekday(1, Weekday.TU)))
    assert rule == Rule.parse("FREQ=MONTHLY;BYDAY=1TU,-1FR")


def test_days_of_another_frequency_are_refused_however_the_rule_is_made():
    with pytest.raises(UnsupportedRule, match="WEEKLY rule takes plain weekdays"):
        Rule(Frequency.WEEKLY, weekdays=(NthWeekday(1, Weekday.TU),))


@pytest.mark.parametrize(
    ("text", "first", "next_valid"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", (2026, 3, 25), (2026, 3, 31)),
        ("FREQ=WEEKLY;INTERVAL=12;BYDAY=MO,TH", (2026, 3, 31), (2026, 4, 2)),
        ("FREQ=MONTHLY;BYDAY=-1FR", (2026, 1, 31), (2026, 2, 27)),
        ("FREQ=MONTHLY;INTERVAL=12;BYDAY=1TU", (2026, 1, 7), (2026, 2, 3)),
        ("FREQ=MONTHLY;BYMONTHDAY=28", (2026, 2, 1), (2026, 2, 28)),
        ("FREQ=MONTHLY;BYMONTHDAY=2,9", (2026, 12, 10), (2027, 1, 2)),
    ],
)
def test_a_first_day_off_the_rule_is_refused_with_the_next_that_fits(text, first, next_valid):
    with pytest.raises(FirstDayOffRule) as refusal:
        begin(text, datetime(*first, 18), "Europe/Bratislava")
    assert refusal.value.next_valid == date(*next_valid)
    assert f"{date(*next_valid)}" in str(refusal.value)
    begin(text, datetime(*next_valid, 18), "Europe/Bratislava")


@pytest.mark.parametrize(
    ("text", "first", "part"),
    [
        ("FREQ=MONTHLY", datetime(2026, 1, 31, 18), "BYMONTHDAY"),
        ("FREQ=DAILY;UNTIL=20260104", datetime(2026, 1, 5, 18), "UNTIL"),
        ("FREQ=DAILY;UNTIL=20310107", datetime(2026, 1, 5, 18), "UNTIL"),
        ("FREQ=DAILY", datetime(2026, 1, 5, 18, 0, 30), "DTSTART"),
        ("FREQ=DAILY", datetime(1969, 12, 31, 18), "DTSTART"),
        ("FREQ=DAILY", datetime(2100, 1, 1, 18), "DTSTART"),
    ],
)
def test_a_series_that_cannot_begin_is_refused(text, first, part):
    with pytest.raises(UnsupportedRule) as refusal:
        begin(text, first, "UTC")
    assert refusal.value.part == part


def test_an_end_five_years_ahead_is_kept():
    begin("FREQ=DAILY;UNTIL=20310105", datetime(2026, 1, 5, 18), "UTC")


def test_a_first_time_that_carries_a_zone_is_a_mistake():
    with pytest.raises(ValueError, match="carries no zone"):
        begin("FREQ=DAILY", datetime(2026, 1, 5, 18, tzinfo=UTC), "UTC")


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20261027", date(2026, 10, 27)),
        ("20261027T190000", date(2026, 10, 27)),
        ("20261027T185900", date(2026, 10, 26)),
        ("20261027T180000Z", date(2026, 10, 27)),
        ("20261027T175959Z", date(2026, 10, 26)),
    ],
)
def test_until_becomes_the_last_local_date_that_may_meet(until, last):
    rule = Rule.parse(
        f"FREQ=DAILY;UNTIL={until}",
        first_local=datetime(2026, 1, 1, 19),
        tz=zone("Europe/Berlin"),
    )
    assert rule.until_local == last


def test_until_in_a_zone_far_from_utc_keeps_the_last_session():
    first, tz = datetime(2026, 1, 5, 8), zone("Pacific/Kiritimati")
    rule = Rule.parse("FREQ=DAILY;UNTIL=20260106T180000Z", first_local=first, tz=tz)
    assert rule.until_local == date(2026, 1, 7)


def test_the_ical_text_ends_at_the_last_session_under_its_own_offset():
    rule = Rule.parse("FREQ=WEEKLY;BYDAY=TU;UNTIL=20261031")
    first, tz = datetime(2026, 7, 7, 19), zone("Europe/Berlin")
    text = ical_text(rule, first_local=first, tz=tz)
    assert text == "FREQ=WEEKLY;UNTIL=20261027T180000Z;BYDAY=TU"
    assert Rule.parse(text, first_local=first, tz=tz).until_local == date(2026, 10, 27)


def test_the_ical_text_of_a_rule_without_a_date_is_its_own():
    rule = Rule.parse("FREQ=MONTHLY;BYDAY=1TU;COUNT=3")
    first = datetime(2026, 1, 6, 19)
    assert ical_text(rule, first_local=first, tz=zone("UTC")) == str(rule)


def begin(text, first, zone_name):
    return expand(
        Rule.parse(text),
        first_local=first,
        tz=zone(zone_name),
        after=datetime(2026, 1, 1, tzinfo=UTC),
        before=datetime(2027, 1, 1, tzinfo=UTC),
    )
