"""How fast series are expanded, compared with dateutil and zoneinfo in the same run.

Each implementation expands the same series to UTC instants; runs are interleaved and the best of
each counts. Rows: FIGURE, name, value, unit, separated by tabs.
"""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dateutil.rrule import FR, MO, MONTHLY, WEEKLY, rrule

from civiltime.recurrence import (
    Frequency,
    NthWeekday,
    Rule,
    UnsupportedRule,
    Weekday,
    expand,
    expand_many,
)
from civiltime.transitions import transitions
from civiltime.zones import TZ_VERSION, canonical_names, zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from zoneinfo import ZoneInfo

    Series = tuple[Rule, datetime, ZoneInfo]

SERIES = 1_000
REPEATS = 7
AFTER = datetime(2026, 1, 1, tzinfo=UTC)
HOSTILE = "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30"


def main() -> None:
    """Print every figure."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    figure("recurrence.machine", machine, "text")
    figure("recurrence.tz_database", TZ_VERSION, "release")
    compare("weekly_1y", weekly(), years=1)
    compare("weekly_5y", weekly()[:200], years=5)
    compare("monthly_1y", monthly(), years=1)
    time_next_start()
    time_first_use()


def weekly() -> list[Series]:
    """Return series on all weekdays and hours, in every sixth zone of the tz database."""
    zones = [zone(name) for name in sorted(canonical_names())[::6]]
    return [
        (
            Rule.parse(f"FREQ=WEEKLY;BYDAY={Weekday(n % 7)}"),
            datetime(2026, 1, 5 + n % 7, n % 24, n % 4 * 15),
            zones[n % len(zones)],
        )
        for n in range(SERIES)
    ]


def monthly() -> list[Series]:
    """Return series on the first Monday and the last Friday of each month."""
    rule = Rule(Frequency.MONTHLY, weekdays=(NthWeekday(1, Weekday.MO), NthWeekday(-1, Weekday.FR)))
    return [(rule, first.replace(day=5), tz) for _, first, tz in weekly()]


def compare(name: str, series: list[Series], *, years: int) -> None:
    """Print the cost of one occurrence for each implementation, and its ratio to dateutil's."""
    before = AFTER.replace(year=AFTER.year + years)
    implementations: dict[str, Callable[[], int]] = {
        "dateutil": lambda: sum(
            len(list(by_dateutil(rule, first, tz, before))) for rule, first, tz in series
        ),
        "expand": lambda: sum(
            len(list(expand(rule, first_local=first, tz=tz, after=AFTER, before=before)))
            for rule, first, tz in series
        ),
        "expand_many": lambda: len(expand_many(series, after=AFTER, before=before).utc_seconds),
    }
    counts = {implementation: run() for implementation, run in implementations.items()}
    if len(set(counts.values())) > 1:
        raise SystemExit(f"the implementations disagree: {counts}")
    figure(f"recurrence.{name}.occurrences", counts["dateutil"], "count")
    best = best_of(implementations)
    for implementation, seconds in best.items():
        each = seconds / counts[implementation] * 1e9
        figure(f"recurrence.{name}.{implementation}", f"{each:.1f}", "ns/occurrence")
    for implementation in ("expand", "expand_many"):
        ratio = best["dateutil"] / best[implementation]
        figure(f"recurrence.{name}.{implementation}_vs_dateutil", f"{ratio:.1f}", "times")


def by_dateutil(rule: Rule, first: datetime, tz: ZoneInfo, before: datetime) -> Iterator[datetime]:
    """Yield UTC instants by dateutil on the wall clock and zoneinfo."""
    if rule.frequency is Frequency.MONTHLY:
        starts = rrule(MONTHLY, dtstart=first, byweekday=(MO(1), FR(-1)))
    else:
        starts = rrule(WEEKLY, dtstart=first, byweekday=first.weekday())
    for local in starts:
        at = local.replace(tzinfo=tz).astimezone(UTC)
        if at >= before:
            return
        if at >= AFTER:
            yield at


def time_next_start() -> None:
    """Print the cost of finding one start, four years into a series."""
    rule, first, tz = weekly()[0]
    after = AFTER + timedelta(days=1_460)
    window = {"after": after, "before": after + timedelta(days=8)}
    best = best_of(
        {
            "expand": lambda: next(expand(rule, first_local=first, tz=tz, **window)),
            "dateutil": lambda: next(
                at for at in by_dateutil(rule, first, tz, window["before"]) if at >= after
            ),
        },
        repeat=100,
    )
    figure("recurrence.next_after_4y.expand", f"{best['expand'] * 1e4:.1f}", "us")
    ratio = best["dateutil"] / best["expand"]
    figure("recurrence.next_after_4y.expand_vs_dateutil", f"{ratio:.1f}", "times")


def time_first_use() -> None:
    """Print the cost of reading a zone, parsing a rule and refusing one for the first time."""
    names = sorted(canonical_names())
    transitions.cache_clear()
    begun = perf_counter()
    for name in names:
        transitions(zone(name))
    figure("recurrence.read_one_zone", f"{(perf_counter() - begun) / len(names) * 1e6:.0f}", "us")
    texts = [f"FREQ=WEEKLY;INTERVAL={n % 12 + 1};COUNT={n // 12 + 1};BYDAY=TU" for n in range(600)]
    begun = perf_counter()
    for text in texts:
        Rule.parse(text)
    figure("recurrence.parse_new_rule", f"{(perf_counter() - begun) / len(texts) * 1e6:.1f}", "us")
    begun = perf_counter()
    try:
        Rule.parse(HOSTILE)
    except UnsupportedRule:
        figure("recurrence.refuse_hostile_rule", f"{(perf_counter() - begun) * 1e6:.1f}", "us")


def best_of(
    implementations: dict[str, Callable[[], object]], *, repeat: int = 1
) -> dict[str, float]:
    """Return the shortest time of each implementation in seconds, over interleaved repeats."""
    times: dict[str, list[float]] = {name: [] for name in implementations}
    for _ in range(REPEATS):
        for name, run in implementations.items():
            begun = perf_counter()
            for _ in range(repeat):
                run()
            times[name].append(perf_counter() - begun)
    return {name: min(taken) for name, taken in times.items()}


def figure(name: str, value: object, unit: str) -> None:
    """Print one row."""
    print("FIGURE", name, value, unit, sep="\t")


if __name__ == "__main__":
    main()
