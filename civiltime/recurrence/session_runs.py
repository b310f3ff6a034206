"""Many series as runs of evenly spaced sessions under one offset from UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from civiltime.recurrence.progressions import LAST_DAY, MONTH_STARTS, month_session, period_start
from civiltime.recurrence.rule_arrays import arithmetic_progressions
from civiltime.recurrence.wall_clock import SECONDS_PER_DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from civiltime.recurrence.offset_periods import OffsetPeriods
    from civiltime.recurrence.rule_arrays import Int64Array, RuleArrays

_MONTH_STARTS: Final = np.array(MONTH_STARTS, dtype=np.int64)


class SessionRuns(NamedTuple):
    """Runs of sessions; all fields are ``(r,) int64``.

    Attributes:
        series_indexes: index of the series.
        walls: naive local start of the first session, in seconds since 1970.
        steps: seconds from session to session.
        sizes: how many sessions; may be 0.
        offsets: seconds east of UTC, for all sessions of the run.
    """

    series_indexes: Int64Array
    walls: Int64Array
    steps: Int64Array
    sizes: Int64Array
    offsets: Int64Array


def day_runs(columns: RuleArrays, periods: OffsetPeriods, after: int, before: int) -> SessionRuns:
    """Return the sessions of day progressions in ``[after, before)``, one run per offset.

    ``after`` and ``before`` are UTC seconds since 1970; the fields of the result are ``(r,)``.
    """
    series_indexes, step, week_start, offset = columns.day_progressions
    first_days, last_days, since_midnight = columns.of_series(series_indexes)
    base = (period_start(first_days, week_start) + offset) * SECONDS_PER_DAY + since_midnight
    zone_indexes = columns.zone_indexes[series_indexes]
    one = np.ones_like(series_indexes)
    rows, period = arithmetic_progressions(
        periods.begins[zone_indexes], one, one * 0, periods.sizes[zone_indexes] - 1
    )
    offsets = periods.offsets[period]
    begin = np.maximum(first_days * SECONDS_PER_DAY + since_midnight, 0)[rows]
    begin = np.maximum(np.maximum(begin, periods.from_wall[period]), after + offsets)
    end = (last_days * SECONDS_PER_DAY + since_midnight)[rows] + 1
    end = np.minimum(np.minimum(end, periods.to_wall[period]), before + offsets)
    base, steps = base[rows], step[rows] * SECONDS_PER_DAY
    low, high = -((base - begin) // steps), (end - 1 - base) // steps
    sizes = np.maximum(high - low + 1, 0)
    return SessionRuns(series_indexes[rows], base + low * steps, steps, sizes, offsets)


def month_runs(columns: RuleArrays, periods: OffsetPeriods, after: int, before: int) -> SessionRuns:
    """Return the sessions of month progressions in ``[after, before)``, one run for each session.

    ``after`` and ``before`` are UTC seconds since 1970; the fields of the result are ``(r,)``.
    """
    series_indexes, step, month_offset, shift, weekday = columns.month_progressions
    first_days, last_days, since_midnight = columns.of_series(series_indexes)
    begin = np.clip(first_days, after // SECONDS_PER_DAY - 1, LAST_DAY)
    end = np.clip(last_days, 0, before // SECONDS_PER_DAY + 1)
    origin = _month_of(first_days)
    low, high = (_month_of(begin) - origin) // step, (_month_of(end) - origin) // step
    rows, months = arithmetic_progressions(origin, step, low, high)
    days = month_session(_MONTH_STARTS, months, month_offset[rows], shift[rows], weekday[rows])
    walls = days * SECONDS_PER_DAY + since_midnight[rows]
    offsets = periods.offset_at(columns.zone_indexes[series_indexes][rows], walls)
    inside = (days >= first_days[rows]) & (days <= last_days[rows])
    inside &= (walls - offsets >= after) & (walls - offsets < before)
    return SessionRuns(series_indexes[rows], walls, step[rows], inside.astype(np.int64), offsets)


def begins_on_rule(columns: RuleArrays) -> NDArray[np.bool_]:
    """Return whether each series' first day is an occurrence of its rule, ``(n,) bool``."""
    meets = np.zeros(len(columns.first_days), dtype=np.bool_)
    series_indexes, _, week_start, offset = columns.day_progressions
    first_days = columns.first_days[series_indexes]
    meets[series_indexes[period_start(first_days, week_start) + offset == first_days]] = True
    series_indexes, _, month_offset, shift, weekday = columns.month_progressions
    first_days = columns.first_days[series_indexes]
    days = month_session(_MONTH_STARTS, _month_of(first_days), month_offset, shift, weekday)
    meets[series_indexes[days == first_days]] = True
    return meets


def _month_of(days: Int64Array) -> Int64Array:
    """Return the months since January 1970 of days since 1970, ``(n,) int64``."""
    return np.searchsorted(_MONTH_STARTS, days, side="right").astype(np.int64) - 1
