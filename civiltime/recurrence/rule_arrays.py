"""Many series as columns of integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from civiltime.recurrence.progressions import (
    EPOCH_ORDINAL,
    LAST_DAY,
    MonthProgression,
    progressions,
)
from civiltime.recurrence.series_days import SeriesDays, can_begin, progressions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from civiltime.recurrence.progressions import DayProgression
    from civiltime.recurrence.rule import Rule

    Series = Sequence[tuple[Rule, datetime, ZoneInfo]]

Int64Array = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class RuleArrays:
    """The input of n series; all arrays int64.

    Attributes:
        first_days: day of the first session since 1970, ``(n,)``.
        last_days: no session is later, days since 1970, ``(n,)``.
        start_minutes: minutes after local midnight, ``(n,)``.
        zone_indexes: index into ``zones``, ``(n,)``.
        zones: the zones in use, each once.
        day_progressions: index of the series and the fields of its ``DayProgression``, ``(4, p)``.
        month_progressions: index of the series and the fields of its ``MonthProgression``, ``(5,
            q)``.
    """

    first_days: Int64Array
    last_days: Int64Array
    start_minutes: Int64Array
    zone_indexes: Int64Array
    zones: tuple[ZoneInfo, ...]
    day_progressions: Int64Array
    month_progressions: Int64Array

    @classmethod
    def of(cls, series: Series) -> Self:
        """Return the columns of some series, each a (rule, naive first local start, zone).

        Raises:
            UnsupportedRule: a series is invalid, other than by a first date off its rule, which
                ``session_runs.begins_on_rule`` checks for all of them at once.
            ValueError: a first start is aware.
        """
        indexes: dict[ZoneInfo, int] = {}
        zone_indexes = [indexes.setdefault(tz, len(indexes)) for _, _, tz in series]
        first_days = [first.toordinal() - EPOCH_ORDINAL for _, first, _ in series]
        last_days = _last_days(series)
        day_progressions, month_progressions = _progression_arrays(series, first_days)
        return cls(
            first_days=_column(first_days),
            last_days=last_days,
            start_minutes=_column(first.hour * 60 + first.minute for _, first, _ in series),
            zone_indexes=_column(zone_indexes),
            zones=tuple(indexes),
            day_progressions=day_progressions,
            month_progressions=month_progressions,
        )

    def of_series(self, indexes: Int64Array) -> tuple[Int64Array, Int64Array, Int64Array]:
        """Return first days, last days and seconds after local midnight of some series, ``(k,)``."""
        return self.first_days[indexes], self.last_days[indexes], self.start_minutes[indexes] * 60

    @property
    def has_single_day_progressions(self) -> bool:
        """Whether every series is a single day progression, so that runs are in order."""
        return bool(self.day_progressions.shape[1] == len(self.first_days))


def arithmetic_progressions(
    base: Int64Array, step: Int64Array, low: Int64Array, high: Int64Array
) -> tuple[Int64Array, Int64Array]:
    """Return the terms ``base + k * step`` for k from low to high, row after row, ``(m,) int64``.

    The first array is the row of each term, the second the terms. All arguments are ``(rows,)``.
    """
    sizes = np.maximum(high - low + 1, 0)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    begins = np.cumsum(sizes) - sizes
    return rows, (base + (low - begins) * step)[rows] + np.arange(len(rows)) * step[rows]


def _column(numbers: Iterable[int]) -> Int64Array:
    """Return numbers as an array ``(n,) int64``."""
    return np.fromiter(numbers, dtype=np.int64)


def _last_days(series: Series) -> Int64Array:
    """Return the last possible day of each series, ``(n,) int64``."""
    return _column(
        LAST_DAY if rule.is_open and can_begin(first) else SeriesDays.of(rule, first).last
        for rule, first, _ in series
    )


def _progression_arrays(series: Series, first_days: list[int]) -> tuple[Int64Array, Int64Array]:
    """Return the day progressions ``(4, p)`` and the month progressions ``(5, q)`` of all series.

    Series that share a rule share its progressions, so each distinct rule is converted once.
    """
    rules = {id(rule): rule for rule, _, _ in series}
    rule_indexes = {key: index for index, key in enumerate(rules)}
    rule_of = _column(rule_indexes[id(rule)] for rule, _, _ in series)
    progressions_by_rule = [progressions(rule) for rule in rules.values()]
    sizes = _column(map(len, progressions_by_rule))
    begins = np.cumsum(sizes) - sizes
    one = np.ones_like(rule_of)
    series_indexes, indexes = arithmetic_progressions(
        begins[rule_of], one, one * 0, sizes[rule_of] - 1
    )
    table = _table(progression for each in progressions_by_rule for progression in each)[:, indexes]
    without = [
        (index, *progressions_of(series[index][0], first_days[index])[0])
        for index in np.flatnonzero(sizes[rule_of] == 0).tolist()
    ]
    monthly = table[0] == 1
    rows = np.vstack([series_indexes, table[1:]])
    return (
        rows[:4, ~monthly],
        np.hstack([rows[:, monthly], np.array(without, dtype=np.int64).reshape(-1, 5).T]),
    )


def _table(progressions_by_rule: Iterable[DayProgression | MonthProgression]) -> Int64Array:
    """Return whether a progression is a ``MonthProgression``, then its fields, ``(5, s) int64``."""
    rows = [
        (1, *each) if isinstance(each, MonthProgression) else (0, *each, 0)
        for each in progressions_by_rule
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 5).T
