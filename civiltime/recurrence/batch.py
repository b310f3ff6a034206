"""The starts of many series at once, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np

from civiltime.recurrence.offset_periods import FAR_SECONDS, OffsetPeriods
from civiltime.recurrence.rule_arrays import RuleArrays
from civiltime.recurrence.series_days import SeriesDays
from civiltime.recurrence.session_runs import SessionRuns, begins_on_rule, day_runs, month_runs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from civiltime.recurrence.rule import Rule
    from civiltime.recurrence.rule_arrays import Int64Array

_SERIES_BIT: Final = 27  # wall-clock minutes are below 2**27 until the year 2225


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The starts of many series, n in all, ordered by series and then by time.

    Attributes:
        series: index of the series in the input, ``(n,) int32``.
        local_minutes: naive local minutes since 1970, the identity of a session, ``(n,) int64``.
        utc_seconds: UTC seconds since 1970, ``(n,) int64``.
    """

    series: NDArray[np.int32]
    local_minutes: Int64Array
    utc_seconds: Int64Array


def expand_many(
    series: Sequence[tuple[Rule, datetime, ZoneInfo]], *, after: datetime, before: datetime
) -> Batch:
    """Return the starts in ``[after, before)`` of each (rule, naive first local start, zone).

    The ``(n,)`` starts equal those of :func:`expand` for each series; ``after`` and ``before`` are
    aware.

    Raises:
        FirstDayOffRule: as :func:`expand`, for the first such series.
        UnsupportedRule: as :func:`expand`, for the first such series.
        ValueError: an instant is naive, or a first start is aware.
    """
    columns = RuleArrays.of(series)
    for index in np.flatnonzero(~begins_on_rule(columns)).tolist():
        SeriesDays.of(*series[index][:2])  # raises the error of this series
    window = (_seconds(after), _seconds(before))
    periods = OffsetPeriods.of(columns.zones, *window)
    by_days = day_runs(columns, periods, *window)
    if not columns.month_progressions.size:
        return _batch(by_days, in_order=columns.has_single_day_progressions)
    by_months = month_runs(columns, periods, *window)
    both = SessionRuns(*(np.concatenate(pair) for pair in zip(by_days, by_months, strict=True)))
    return _batch(both, in_order=False)


def _batch(runs: SessionRuns, *, in_order: bool) -> Batch:
    """Return every session of some runs; few large arrays, because each costs page faults."""
    runs = SessionRuns(*(field[runs.sizes > 0] for field in runs))
    series_indexes = np.repeat(runs.series_indexes.astype(np.int32), runs.sizes)
    minutes = _running_sums(runs.walls // 60, runs.steps // 60, runs.sizes)
    seconds = _running_sums(runs.walls - runs.offsets, runs.steps, runs.sizes)
    if in_order:
        return Batch(series_indexes, minutes, seconds)
    order = np.argsort((series_indexes.astype(np.int64) << _SERIES_BIT) + minutes, kind="stable")
    return Batch(series_indexes[order], minutes[order], seconds[order])


def _running_sums(firsts: Int64Array, steps: Int64Array, sizes: Int64Array) -> Int64Array:
    """Return the concatenated progressions, computed as one cumulative sum of their steps."""
    steps_and_firsts = np.repeat(steps, sizes)
    begins = np.cumsum(sizes) - sizes
    steps_and_firsts[begins] = firsts
    steps_and_firsts[begins[1:]] -= (firsts + (sizes - 1) * steps)[:-1]
    return np.cumsum(steps_and_firsts, out=steps_and_firsts)


def _seconds(instant: datetime) -> int:
    """Return the first whole second since 1970 that is not before an instant.

    Raises:
        ValueError: the instant is naive.
    """
    if instant.tzinfo is None:
        raise ValueError("a window is bounded by instants, and this one has no zone")
    return min(max(ceil(instant.timestamp()), -FAR_SECONDS), FAR_SECONDS)
