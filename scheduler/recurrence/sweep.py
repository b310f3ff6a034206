"""The days of many series in one pass over arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from scheduler.recurrence.columns import progressions
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
    packed = np.concatenate([_by_days(columns, start, stop), _by_months(columns, start, stop)])
    packed.sort()
    return packed >> _DAY_BITS, packed & ((1 << _DAY_BITS) - 1)


def begins_on_rule(columns: Columns) -> NDArray[np.bool_]:
    """Return (n,) bool: does the series' own first day belong to its rule?"""
    meets = np.zeros(len(columns.firsts), dtype=np.bool_)
    owners, _, week_start, offset = columns.day_strands
    firsts = columns.firsts[owners]
    meets[owners[round_opening(firsts, week_start) + offset == firsts]] = True
    owners, _, of_next, shift, weekday = columns.month_strands
    firsts = columns.firsts[owners]
    days = month_session(_MONTH_STARTS, _month_of(firsts), of_next, shift, weekday)
    meets[owners[days == firsts]] = True
    return meets


def _by_days(columns: Columns, start: int, stop: int) -> Ints:
    """Return the sessions of the day strands, each the series in the high bits, the day in the low."""
    owners, step, week_start, offset = columns.day_strands
    firsts = columns.firsts[owners]
    base = round_opening(firsts, week_start) + offset
    low = -((base - np.maximum(firsts, start)) // step)
    high = (np.minimum(columns.lasts[owners], stop) - base) // step
    _, packed = progressions((owners << _DAY_BITS) + base, step, low, high)
    return packed


def _by_months(columns: Columns, start: int, stop: int) -> Ints:
    """Return the sessions of the month strands, packed as those of the day strands."""
    owners, step, of_next, shift, weekday = columns.month_strands
    firsts = columns.firsts[owners]
    begin, end = np.maximum(firsts, start), np.minimum(columns.lasts[owners], stop)
    origin = _month_of(firsts)
    low, high = (_month_of(begin) - origin) // step, (_month_of(end) - origin) // step
    rows, months = progressions(origin, step, low, high)
    days = month_session(_MONTH_STARTS, months, of_next[rows], shift[rows], weekday[rows])
    inside = (days >= begin[rows]) & (days <= end[rows])
    packed = (owners[rows] << _DAY_BITS) + days
    return np.extract(inside, packed)


def _month_of(days: Ints) -> Ints:
    return np.searchsorted(_MONTH_STARTS, days, side="right").astype(np.int64) - 1
