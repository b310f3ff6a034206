"""The days of many series in one pass over arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from scheduler.recurrence.strands import MONTH_STARTS, month_session, round_opening

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scheduler.recurrence.columns import Columns, Ints

_MONTH_STARTS: Final = np.array(MONTH_STARTS, dtype=np.int64)
_DAY_BITS: Final = 16  # days up to 2100 fit


def sweep(columns: Columns, start: int, stop: int) -> tuple[Ints, Ints]:
    """Return (n,) series and (n,) days of every session from ``start`` to ``stop``, both included.

    Ordered by series, then by day.
    """
    found = [_by_days(columns, start, stop), _by_months(columns, start, stop)]
    packed = np.concatenate([(owners << _DAY_BITS) | days for owners, days in found])
    packed.sort()
    return packed >> _DAY_BITS, packed & ((1 << _DAY_BITS) - 1)


def begins_on_rule(columns: Columns) -> NDArray[np.bool_]:
    """Return (n,) bool: does the series' own first day belong to its rule?"""
    meets = np.zeros(len(columns.firsts), dtype=np.bool_)
    owners, _, week_start, offset = columns.day_strands.T
    firsts = columns.firsts[owners]
    meets[owners[round_opening(firsts, week_start) + offset == firsts]] = True
    owners, _, of_next, shift, weekday = columns.month_strands.T
    firsts = columns.firsts[owners]
    days = month_session(_MONTH_STARTS, _month_of(firsts), of_next, shift, weekday)
    meets[owners[days == firsts]] = True
    return meets


def _by_days(columns: Columns, start: int, stop: int) -> tuple[Ints, Ints]:
    owners, step, week_start, offset = columns.day_strands.T
    firsts = columns.firsts[owners]
    base = round_opening(firsts, week_start) + offset
    low = -((base - np.maximum(firsts, start)) // step)
    high = (np.minimum(columns.lasts[owners], stop) - base) // step
    rows, rounds = _ragged(low, high)
    return owners[rows], base[rows] + rounds * step[rows]


def _by_months(columns: Columns, start: int, stop: int) -> tuple[Ints, Ints]:
    owners, step, of_next, shift, weekday = columns.month_strands.T
    firsts = columns.firsts[owners]
    begin, end = np.maximum(firsts, start), np.minimum(columns.lasts[owners], stop)
    origin = _month_of(firsts)
    rows, rounds = _ragged((_month_of(begin) - origin) // step, (_month_of(end) - origin) // step)
    months = origin[rows] + rounds * step[rows]
    days = month_session(_MONTH_STARTS, months, of_next[rows], shift[rows], weekday[rows])
    inside = (days >= begin[rows]) & (days <= end[rows])
    return owners[rows][inside], days[inside]


def _ragged(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Return each row number repeated, and beside it the integers from its low to its high."""
    sizes = np.maximum(high - low + 1, 0)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    begins = np.cumsum(sizes) - sizes
    return rows, np.arange(len(rows)) + (low - begins)[rows]


def _month_of(days: Ints) -> Ints:
    return np.searchsorted(_MONTH_STARTS, days, side="right").astype(np.int64) - 1
