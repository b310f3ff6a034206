"""Many series as runs of evenly spaced sessions under one offset from UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from civiltime.recurrence.progressions import LAST_DAY, MONTH_STARTS, month_session, round_opening
from civiltime.recurrence.rule_arrays import arithmetic_progressions
from civiltime.recurrence.wall_clock import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from civiltime.recurrence.offset_periods import OffsetPeriods
    from civiltime.recurrence.rule_arrays import Ints, RuleArrays

_MONTH_STARTS: Final = np.array(MONTH_STARTS, dtype=np.int64)


class SessionRuns(NamedTuple):
    """Runs of sessions; all fields are (r,) int64 and in seconds where they are times.

    Attributes:
        owners: the position of the series.
        walls: the wall-clock time of the first session, since 1970.
        steps: from session to session.
        sizes: how many sessions; may be none.
        offsets: east of UTC, for all sessions of the run.
    """

    owners: Ints
    walls: Ints
    steps: Ints
    sizes: Ints
    offsets: Ints


def day_runs(columns: RuleArrays, regimes: OffsetPeriods, after: int, before: int) -> SessionRuns:
    """Return the sessions of the day strands in ``[after, before)``: a run per strand and offset."""
    owners, step, week_start, offset = columns.day_progressions
    firsts, lasts, since_midnight = columns.of_series(owners)
    base = (round_opening(firsts, week_start) + offset) * DAY + since_midnight
    zone_places = columns.zone_places[owners]
    one = np.ones_like(owners)
    rows, regime = arithmetic_progressions(
        regimes.begins[zone_places], one, one * 0, regimes.sizes[zone_places] - 1
    )
    offsets = regimes.offsets[regime]
    begin = np.maximum(firsts * DAY + since_midnight, 0)[rows]
    begin = np.maximum(np.maximum(begin, regimes.from_wall[regime]), after + offsets)
    end = (lasts * DAY + since_midnight)[rows] + 1
    end = np.minimum(np.minimum(end, regimes.to_wall[regime]), before + offsets)
    base, steps = base[rows], step[rows] * DAY
    low, high = -((base - begin) // steps), (end - 1 - base) // steps
    sizes = np.maximum(high - low + 1, 0)
    return SessionRuns(owners[rows], base + low * steps, steps, sizes, offsets)


def month_runs(columns: RuleArrays, regimes: OffsetPeriods, after: int, before: int) -> SessionRuns:
    """Return the sessions of the month strands in ``[after, before)``, each a run of its own."""
    owners, step, of_next, shift, weekday = columns.month_progressions
    firsts, lasts, since_midnight = columns.of_series(owners)
    begin = np.clip(firsts, after // DAY - 1, LAST_DAY)
    end = np.clip(lasts, 0, before // DAY + 1)
    origin = _month_of(firsts)
    low, high = (_month_of(begin) - origin) // step, (_month_of(end) - origin) // step
    rows, months = arithmetic_progressions(origin, step, low, high)
    days = month_session(_MONTH_STARTS, months, of_next[rows], shift[rows], weekday[rows])
    walls = days * DAY + since_midnight[rows]
    offsets = regimes.offset_at(columns.zone_places[owners][rows], walls)
    inside = (days >= firsts[rows]) & (days <= lasts[rows])
    inside &= (walls - offsets >= after) & (walls - offsets < before)
    return SessionRuns(owners[rows], walls, step[rows], inside.astype(np.int64), offsets)


def begins_on_rule(columns: RuleArrays) -> NDArray[np.bool_]:
    """Return (n,) bool: does the series' own first day belong to its rule?"""
    meets = np.zeros(len(columns.firsts), dtype=np.bool_)
    owners, _, week_start, offset = columns.day_progressions
    firsts = columns.firsts[owners]
    meets[owners[round_opening(firsts, week_start) + offset == firsts]] = True
    owners, _, of_next, shift, weekday = columns.month_progressions
    firsts = columns.firsts[owners]
    days = month_session(_MONTH_STARTS, _month_of(firsts), of_next, shift, weekday)
    meets[owners[days == firsts]] = True
    return meets


def _month_of(days: Ints) -> Ints:
    return np.searchsorted(_MONTH_STARTS, days, side="right").astype(np.int64) - 1
