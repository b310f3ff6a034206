"""When the sessions of many series start, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from scheduler.recurrence.columns import Columns
from scheduler.recurrence.course import Course
from scheduler.recurrence.regimes import FAR, Regimes
from scheduler.recurrence.runs import Runs, begins_on_rule, day_runs, month_runs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.recurrence.columns import Ints
    from scheduler.recurrence.rule import Rule


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The starts of many series, ordered by series and then by time; n of them in all.

    Attributes:
        series: (n,) int64, the position of the series in what was asked.
        local_minutes: (n,) int64, naive wall-clock minutes since 1970; the session's identity.
        utc_seconds: (n,) int64, the instant, seconds since 1970.
    """

    series: Ints
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
    columns = Columns.of(series)
    for place in np.flatnonzero(~begins_on_rule(columns)).tolist():
        Course.of(*series[place][:2])  # says what is wrong with it
    window = (_seconds(after), _seconds(before))
    regimes = Regimes.of(columns.zones, *window)
    by_days = day_runs(columns, regimes, *window)
    if not columns.month_strands.size:
        return _batch(by_days, in_order=columns.has_one_strand_each)
    by_months = month_runs(columns, regimes, *window)
    both = Runs(*(np.concatenate(pair) for pair in zip(by_days, by_months, strict=True)))
    return _batch(both, in_order=False)


def _batch(runs: Runs, *, in_order: bool) -> Batch:
    begins = np.cumsum(runs.sizes) - runs.sizes
    steps = runs.steps // 60
    owners = np.repeat(runs.owners, runs.sizes)
    minutes = np.repeat(runs.walls // 60 - begins * steps, runs.sizes)
    minutes += np.arange(len(owners)) * np.repeat(steps, runs.sizes)
    seconds = minutes * 60
    seconds -= np.repeat(runs.offsets, runs.sizes)
    if in_order:
        return Batch(owners, minutes, seconds)
    order = np.lexsort((minutes, owners))
    return Batch(owners[order], minutes[order], seconds[order])


def _seconds(instant: datetime) -> int:
    """Return the first whole second since 1970 that is no earlier than an instant.

    Raises:
        ValueError: the instant is naive.
    """
    if instant.tzinfo is None:
        raise ValueError("a window is bounded by instants, and this one has no zone")
    return min(max(ceil(instant.timestamp()), -FAR), FAR)
