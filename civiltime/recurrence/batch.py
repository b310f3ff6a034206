"""When the sessions of many series start, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np

from civiltime.recurrence.offset_periods import FAR, OffsetPeriods
from civiltime.recurrence.rule_arrays import RuleArrays
from civiltime.recurrence.series_days import SeriesDays
from civiltime.recurrence.session_runs import SessionRuns, begins_on_rule, day_runs, month_runs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from civiltime.recurrence.rule import Rule
    from civiltime.recurrence.rule_arrays import Ints

_MINUTE_BITS: Final = 27  # wall-clock minutes stay below 2**27 until the year 2225


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The starts of many series, ordered by series and then by time; n of them in all.

    Attributes:
        series: (n,) int32, the position of the series in what was asked.
        local_minutes: (n,) int64, naive wall-clock minutes since 1970; the session's identity.
        utc_seconds: (n,) int64, the instant, seconds since 1970.
    """

    series: NDArray[np.int32]
    local_minutes: Ints
    utc_seconds: Ints


def expand_many(
    series: Sequence[tuple[Rule, datetime, ZoneInfo]], *, after: datetime, before: datetime
) -> Batch:
    """Return the starts in ``[after, before)`` of each (rule, first local start, zone).

    They are the starts that ``expand`` gives one series at a time.

    Raises:
        UnsupportedRule: as ``expand``, for a series at fault.
    """
    columns = RuleArrays.of(series)
    for place in np.flatnonzero(~begins_on_rule(columns)).tolist():
        SeriesDays.of(*series[place][:2])  # says what is wrong with it
    window = (_seconds(after), _seconds(before))
    regimes = OffsetPeriods.of(columns.zones, *window)
    by_days = day_runs(columns, regimes, *window)
    if not columns.month_progressions.size:
        return _batch(by_days, in_order=columns.has_one_strand_each)
    by_months = month_runs(columns, regimes, *window)
    both = SessionRuns(*(np.concatenate(pair) for pair in zip(by_days, by_months, strict=True)))
    return _batch(both, in_order=False)


def _batch(runs: SessionRuns, *, in_order: bool) -> Batch:
    """Write out every session; as few large arrays as can be, for each costs its page faults."""
    runs = SessionRuns(*(field[runs.sizes > 0] for field in runs))
    owners = np.repeat(runs.owners.astype(np.int32), runs.sizes)
    minutes = _written_out(runs.walls // 60, runs.steps // 60, runs.sizes)
    seconds = _written_out(runs.walls - runs.offsets, runs.steps, runs.sizes)
    if in_order:
        return Batch(owners, minutes, seconds)
    order = np.argsort((owners.astype(np.int64) << _MINUTE_BITS) + minutes, kind="stable")
    return Batch(owners[order], minutes[order], seconds[order])


def _written_out(firsts: Ints, steps: Ints, sizes: Ints) -> Ints:
    """Return each progression after the other, as the running sum of its steps."""
    found = np.repeat(steps, sizes)
    begins = np.cumsum(sizes) - sizes
    found[begins] = firsts
    found[begins[1:]] -= (firsts + (sizes - 1) * steps)[:-1]
    return np.cumsum(found, out=found)


def _seconds(instant: datetime) -> int:
    """Return the first whole second since 1970 that is no earlier than an instant.

    Raises:
        ValueError: the instant is naive.
    """
    if instant.tzinfo is None:
        raise ValueError("a window is bounded by instants, and this one has no zone")
    return min(max(ceil(instant.timestamp()), -FAR), FAR)
