"""Many series as columns of integers, so that numpy sees what Python would loop over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from civiltime.recurrence.progressions import EPOCH, LAST_DAY, MonthProgression, progressions
from civiltime.recurrence.series_days import SeriesDays, can_begin, progressions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from civiltime.recurrence.progressions import DayProgression
    from civiltime.recurrence.rule import Rule

    Series = Sequence[tuple[Rule, datetime, ZoneInfo]]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class RuleArrays:
    """What n series ask for; all arrays int64.

    Attributes:
        firsts: (n,), day of the first session since 1970.
        lasts: (n,), no session is later.
        minutes: (n,), minutes after local midnight.
        zone_places: (n,), position in ``zones``.
        zones: the zones in use, each once.
        day_progressions: (4, p), series and the fields of its ``DayProgression``.
        month_progressions: (5, q), series and the fields of its ``MonthProgression``.
    """

    firsts: Ints
    lasts: Ints
    minutes: Ints
    zone_places: Ints
    zones: tuple[ZoneInfo, ...]
    day_progressions: Ints
    month_progressions: Ints

    @classmethod
    def of(cls, series: Series) -> Self:
        """Return the columns of some series.

        Raises:
            UnsupportedRule: a series is at fault, other than by a first session off its rule,
                which ``runs.begins_on_rule`` finds for all of them at once.
        """
        places: dict[ZoneInfo, int] = {}
        zone_places = [places.setdefault(tz, len(places)) for _, _, tz in series]
        firsts = [first.toordinal() - EPOCH for _, first, _ in series]
        lasts = _lasts(series)
        day_progressions, month_progressions = _progression_arrays(series, firsts)
        return cls(
            firsts=_column(firsts),
            lasts=lasts,
            minutes=_column(first.hour * 60 + first.minute for _, first, _ in series),
            zone_places=_column(zone_places),
            zones=tuple(places),
            day_progressions=day_progressions,
            month_progressions=month_progressions,
        )

    def of_series(self, places: Ints) -> tuple[Ints, Ints, Ints]:
        """Return first days, last days and seconds after midnight of the series at some places."""
        return self.firsts[places], self.lasts[places], self.minutes[places] * 60

    @property
    def has_one_strand_each(self) -> bool:
        """Say whether every series is a single day strand, so that runs come in order."""
        return bool(self.day_progressions.shape[1] == len(self.firsts))


def arithmetic_progressions(base: Ints, step: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Return ``base + k * step`` for k from low to high, row after row, and before it the rows."""
    sizes = np.maximum(high - low + 1, 0)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    begins = np.cumsum(sizes) - sizes
    return rows, (base + (low - begins) * step)[rows] + np.arange(len(rows)) * step[rows]


def _column(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, dtype=np.int64)


def _lasts(series: Series) -> Ints:
    return _column(
        LAST_DAY if rule.is_open and can_begin(first) else SeriesDays.of(rule, first).last
        for rule, first, _ in series
    )


def _progression_arrays(series: Series, firsts: list[int]) -> tuple[Ints, Ints]:
    """Return the (4, p) day strands and the (5, q) month strands of all series.

    Series that share a rule share its strands, so each distinct rule is taken apart once.
    """
    rules = {id(rule): rule for rule, _, _ in series}
    kinds = {key: kind for kind, key in enumerate(rules)}
    kind_of = _column(kinds[id(rule)] for rule, _, _ in series)
    threads = [progressions(rule) for rule in rules.values()]
    sizes = _column(map(len, threads))
    begins = np.cumsum(sizes) - sizes
    one = np.ones_like(kind_of)
    owners, places = arithmetic_progressions(begins[kind_of], one, one * 0, sizes[kind_of] - 1)
    table = _table(strand for each in threads for strand in each)[:, places]
    without = [
        (place, *progressions_of(series[place][0], firsts[place])[0])
        for place in np.flatnonzero(sizes[kind_of] == 0).tolist()
    ]
    monthly = table[0] == 1
    rows = np.vstack([owners, table[1:]])
    return (
        rows[:4, ~monthly],
        np.hstack([rows[:, monthly], np.array(without, dtype=np.int64).reshape(-1, 5).T]),
    )


def _table(threads: Iterable[DayProgression | MonthProgression]) -> Ints:
    """Return (5, s): whether a strand is a ``MonthProgression``, then its fields."""
    rows = [(1, *each) if isinstance(each, MonthProgression) else (0, *each, 0) for each in threads]
    return np.array(rows, dtype=np.int64).reshape(-1, 5).T
