"""The best two hours for a group that splits: every pair, cut by what it could reach."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from optimizer.objective import band_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.grid import Slot
    from optimizer.stopwatch import Stopwatch


@dataclass(frozen=True, order=True, slots=True)
class SplitKey:
    """The worth of a split: everybody's band at her own hour, worst first, then the weighted sum."""

    worst_bands: tuple[int, ...]
    weighted_sum: int


class Half(NamedTuple):
    """What each half needs: people and, among them, facilitators, all of them served there."""

    people: int
    facilitators: int


@dataclass(frozen=True)
class Hours:
    """Every distinct hour, cheapest in total first.

    Attributes:
        slots: the hours.
        burden: ``(hours, people) int64``.
        absences: ``(hours, people) int64``.
        served: who would not miss too much ``(hours, people)``.
        weight: ``(people,)``.
        facilitator: ``(people,)``.
    """

    slots: list[Slot]
    burden: NDArray[np.int64]
    absences: NDArray[np.int64]
    served: NDArray[np.bool_]
    weight: NDArray[np.int64]
    facilitator: NDArray[np.bool_]
    occurrences: int

    @cached_property
    def price(self) -> NDArray[np.int64]:
        """What people compare: the burden, and the absences where burdens are equal."""
        return self.burden * (self.occurrences + 1) + self.absences

    @cached_property
    def least(self) -> NDArray[np.int64]:
        """The least burden of each person from each hour on ``(hours, people)``."""
        return np.minimum.accumulate(self.burden[::-1], axis=0)[::-1]


class PairSearch:
    """Looks for the pair of hours with the least key that makes two halves that stand."""

    def __init__(self, hours: Hours, half: Half, stopwatch: Stopwatch) -> None:
        self._hours = hours
        self._half = half
        self._stopwatch = stopwatch
        self._band = band_table(hours.occurrences)
        self._bands = self._band[hours.burden]
        self.pair: tuple[int, int] | None = None
        self.key: SplitKey | None = None
        self.bound: SplitKey | None = None

    def run(self) -> None:
        """Try every pair; ``bound`` is what nothing can beat, the key itself if all were tried."""
        for first in range(len(self._bands) - 1):
            if self._stopwatch.is_over:
                rest = self._key(self._hours.least[first])
                self.bound = rest if self.key is None else min(rest, self.key)
                return
            if self.key is None or self._reach(first) <= self.key.worst_bands:
                self._try(first)
        self.bound = self.key

    def sides(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return who goes to the first hour and who to the second; ties go where they are missed."""
        rows = list(self.pair or ())
        price, served = self._hours.price[rows], self._hours.served[rows]
        goes = price < price[::-1]
        leads = self._hours.facilitator
        ties = np.nonzero(price[0] == price[1])[0]
        for person in ties[np.argsort(~leads[ties], kind="stable")]:
            there = goes & served
            missed = leads[person] & ((there & leads).sum(axis=1) < self._half.facilitators)
            goes[np.lexsort((there.sum(axis=1), ~missed))[0], person] = True
        return np.nonzero(goes[0])[0], np.nonzero(goes[1])[0]

    def _reach(self, first: int) -> tuple[int, ...]:
        """Return the bands nobody can get below with this hour and a later one."""
        best = np.minimum(self._bands[first], self._band[self._hours.least[first + 1]])
        return tuple(sorted(best.tolist(), reverse=True))

    def _try(self, first: int) -> None:
        bands = np.minimum(self._bands[first], self._bands[first + 1 :])
        limit = 64 if self.key is None else self.key.worst_bands[0]
        later = np.nonzero(bands.max(axis=1) <= limit)[0]
        later = later[self._stand(first, first + 1 + later)]
        if not len(later):
            return
        burden = np.minimum(self._hours.burden[first], self._hours.burden[first + 1 + later])
        worst_first = np.sort(bands[later], axis=1)[:, ::-1]
        best = np.lexsort((burden @ self._hours.weight, *worst_first.T[::-1]))[0]
        key = self._key(burden[best])
        if self.key is None or key < self.key:
            self.key, self.pair = key, (first, first + 1 + int(later[best]))

    def _key(self, burden: NDArray[np.int64]) -> SplitKey:
        bands = sorted(self._band[burden].tolist(), reverse=True)
        return SplitKey(tuple(bands), int(burden @ self._hours.weight))

    def _stand(self, first: int, second: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell with which second hours both halves have who they need, ties placed at will."""
        one, others = self._hours.price[first], self._hours.price[second]
        served, others_served = self._hours.served[first], self._hours.served[second]
        here, there = (one < others) & served, (others < one) & others_served
        ties = (one == others) & served
        leads = self._hours.facilitator
        fewest = np.maximum(0, self._half.facilitators - (here & leads).sum(axis=1))
        tied_leads = (ties & leads).sum(axis=1)
        most = tied_leads - np.maximum(0, self._half.facilitators - (there & leads).sum(axis=1))
        tied = ties.sum(axis=1)
        least_here = np.maximum(fewest, self._half.people - here.sum(axis=1))
        most_here = np.minimum(
            most + tied - tied_leads, tied + there.sum(axis=1) - self._half.people
        )
        stands: NDArray[np.bool_] = (fewest <= most) & (least_here <= most_here)
        return stands
