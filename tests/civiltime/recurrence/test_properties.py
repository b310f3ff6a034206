from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from civiltime.recurrence import (
    FirstDayOffRule,
    Frequency,
    NthWeekday,
    Rule,
    Weekday,
    expand,
    expand_many,
    ical_text,
)
from civiltime.zones import canonical_names, resolve_local, zone

ONE_DAY = timedelta(days=1)

quick = settings(max_examples=120, deadline=None)
intervals = st.integers(1, 12)
weekdays = st.sampled_from(Weekday)
times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
zones = st.sampled_from(sorted(canonical_names())).map(zone)
weekly_days = st.lists(weekdays, max_size=4).map(tuple)
nth_days = st.lists(
    st.builds(NthWeekday, st.sampled_from([1, 2, 3, -1]), weekdays), min_size=1, max_size=3
).map(tuple)
month_days = st.lists(st.integers(1, 28), max_size=4).map(tuple)
endless = st.one_of(
    st.builds(Rule, st.just(Frequency.DAILY), intervals),
    st.builds(Rule, st.just(Frequency.WEEKLY), intervals, weekly_days, week_start=weekdays),
    st.builds(Rule, st.just(Frequency.MONTHLY), intervals, nth_days),
    st.builds(Rule, st.just(Frequency.MONTHLY), intervals, month_days=month_days),
)


@st.composite
def series(draw):
    """A rule with its first local start and its zone, all of which fit together."""
    rule, at = draw(endless), draw(times)
    day = draw(st.dates(date(1970, 1, 1), date(2095, 12, 31))).replace(day=draw(st.integers(1, 28)))
    tz = draw(zones)
    first = datetime.combine(day, at)
    try:
        expand(rule, first_local=first, tz=tz, after=utc(first), before=utc(first))
    except FirstDayOffRule as refusal:
        first = datetime.combine(refusal.next_valid, at)
    ends = draw(
        st.one_of(
            st.just({}),
            st.fixed_dictionaries({"count": st.integers(1, 520)}),
            st.fixed_dictionaries(
                {"until_local": st.dates(first.date(), first.date() + 1800 * ONE_DAY)}
            ),
        )
    )
    return with_end(rule, **ends), first, tz


@st.composite
def windows(draw, first):
    after = utc(first) + timedelta(minutes=draw(st.integers(-3_000, 500_000)))
    return {"after": after, "before": after + timedelta(minutes=draw(st.integers(0, 1_200_000)))}


@quick
@given(data=st.data())
def test_expand_equals_a_walk_from_day_to_day(data):
    rule, first, tz = data.draw(series())
    window = data.draw(windows(first))
    expected = [
        (local, resolve_local(local, tz))
        for local in walk(rule, first, until=window["before"])
        if window["after"] <= resolve_local(local, tz) < window["before"]
    ]
    assert list(expand(rule, first_local=first, tz=tz, **window)) == expected


@quick
@given(one=series())
def test_expand_equals_dateutil_on_the_wall_clock(one):
    rule, first, tz = one
    until = rule.until_local and f"{rule.until_local:%Y%m%d}T235959"
    by_dateutil = rrulestr(rule.text(until=until), dtstart=first)
    window = {"after": utc(first) - 2 * ONE_DAY, "before": utc(first) + 4_000 * ONE_DAY}
    ours = [start.local for start in expand(rule, first_local=first, tz=tz, **window)]
    assert ours[:60] == [local for local in islice(by_dateutil, 60) if local <= ours[-1]]


@quick
@given(data=st.data())
def test_expand_many_equals_expand(data):
    asked = data.draw(st.lists(series(), max_size=6))
    first = asked[0][1] if asked else datetime(2026, 1, 1)
    window = data.draw(windows(first))
    expected = [
        (index, (local - datetime(1970, 1, 1)) // timedelta(minutes=1), at.timestamp())
        for index, (rule, first, tz) in enumerate(asked)
        for local, at in expand(rule, first_local=first, tz=tz, **window)
    ]
    batch = expand_many(asked, **window)
    columns = (batch.series, batch.local_minutes, batch.utc_seconds)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected


@quick
@given(one=series())
def test_a_start_is_on_the_wall_clock_of_the_first(one):
    rule, first, tz = one
    window = {"after": utc(first) - ONE_DAY, "before": utc(first) + 800 * ONE_DAY}
    starts = list(expand(rule, first_local=first, tz=tz, **window))
    assert starts[0].local == first
    assert all(start.local.time() == first.time() for start in starts)
    assert [start.local for start in starts] == sorted({start.local for start in starts})
    assert [start.at for start in starts] == sorted(start.at for start in starts)


@quick
@given(one=series())
def test_a_rule_survives_its_own_text(one):
    rule, _, _ = one
    assert Rule.parse(str(rule)) == rule


@quick
@given(one=series())
def test_a_rule_keeps_every_session_in_its_ical_text(one):
    rule, first, tz = one
    window = {"after": utc(first) - 2 * ONE_DAY, "before": utc(first) + 2_000 * ONE_DAY}
    returned = Rule.parse(ical_text(rule, first_local=first, tz=tz), first_local=first, tz=tz)
    assert list(expand(returned, first_local=first, tz=tz, **window)) == list(
        expand(rule, first_local=first, tz=tz, **window)
    )


def walk(rule, first, *, until):
    """Yield local starts by asking each day in turn whether the rule names it."""
    met, day = 0, first.date()
    while datetime.combine(day, first.time(), UTC) < until + 2 * ONE_DAY:
        if is_named(rule, first.date(), day):
            met += 1
            if rule.count is not None and met > rule.count:
                return
            if rule.until_local is not None and day > rule.until_local:
                return
            yield datetime.combine(day, first.time())
        day += ONE_DAY


def is_named(rule, first, day):
    if rule.frequency is Frequency.DAILY:
        return (day - first).days % rule.interval == 0
    if rule.frequency is Frequency.WEEKLY:
        opening, of_first = (
            each - timedelta((each.weekday() - rule.week_start) % 7) for each in (day, first)
        )
        in_turn = (opening - of_first).days // 7 % rule.interval == 0
        return in_turn and day.weekday() in (rule.weekdays or (first.weekday(),))
    months = (day.year - first.year) * 12 + day.month - first.month
    if months % rule.interval:
        return False
    if rule.weekdays:
        nth, last = (day.day - 1) // 7 + 1, (day + 7 * ONE_DAY).month != day.month
        return (nth, day.weekday()) in rule.weekdays or (
            last and (-1, day.weekday()) in rule.weekdays
        )
    return day.day in (rule.month_days or (first.day,))


def with_end(rule, *, count=None, until_local=None):
    return Rule(
        rule.frequency,
        rule.interval,
        rule.weekdays,
        rule.month_days,
        count,
        until_local,
        rule.week_start,
    )


def utc(local):
    return local.replace(tzinfo=UTC)
