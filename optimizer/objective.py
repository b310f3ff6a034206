"""What makes one hour better than another: the objective, version 1.

A leximin over burdens follows Kahana and Hazon (ECAI 2023, arXiv 2305.18024), who show that for
a sequence of collective decisions it comes closest to giving everybody a fair share. Burdens
are rounded up to bands first: leximin over raw sums is already a total order, so nothing after
it would ever be asked, and one odd week would outrank everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.weekly_availability import Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

OBJECTIVE_VERSION: Final = "1"
# What one meeting costs somebody, by level. "No" is finite so that rotations can be compared;
# that a meeting cannot be held without somebody stands above all costs.
COST: Final = np.array([0, 1, 4, 16], np.int16)
# One number moves a burden and an absence at once: bits 0 to 15, and 16 and up.
ABSENCE_BIT: Final = 16
PRICE: Final = np.array(
    [cost + ((level == Level.NO) << ABSENCE_BIT) for level, cost in enumerate(COST.tolist())],
    np.int32,
)
BANDS: Final = 65


@dataclass(frozen=True, order=True, slots=True)
class Key:
    """The worth of an hour over the horizon; smaller is better, compared field by field.

    Attributes:
        hard: occurrences that cannot be held: too few facilitators, or somebody required missing.
        quorum_fail: occurrences below the quorum.
        unserved: people who would miss more than is tolerated.
        worst_bands: every person's band, worst first; see :func:`band`.
        weighted_sum: the sum of burdens times weights.
        drift: person-occurrences off that person's usual local hour.
    """

    hard: int
    quorum_fail: int
    unserved: int
    worst_bands: tuple[int, ...]
    weighted_sum: int
    drift: int

    @property
    def is_held(self) -> bool:
        """Whether every occurrence can be held with its quorum."""
        return self.hard == 0 and self.quorum_fail == 0


def band(burden: NDArray[np.int64], occurrences: int) -> NDArray[np.int64]:
    """Return burdens as bands 0 to 64: a quarter of one "fine" per meeting each, rounded up."""
    return -(-4 * burden // occurrences)


@lru_cache(maxsize=64)
def band_table(occurrences: int) -> NDArray[np.uint8]:
    """Return the band of every possible burden: looking it up is cheaper than dividing."""
    return band(np.arange(int(COST[-1]) * occurrences + 1), occurrences).astype(np.uint8)
