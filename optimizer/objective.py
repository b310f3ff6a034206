"""The objective that ranks slots, version 1: a lexicographic order of six components.

The persons' bands are compared by lexicographic minimax (leximin over burdens). Kahana and Hazon
(ECAI 2023, arXiv:2305.18024) show that for a sequence of collective decisions leximin comes
closest to a fair share for everybody. Burdens are rounded up to bands before: leximin over raw sums
would already be a total order, so that no later component counts, and one exceptional week would
outrank everything else.
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
# Cost of one meeting for one person, by level. "No" has a finite cost so that rotations can be
# compared; missing required people are a component of the objective above all costs.
COST: Final = np.array([0, 1, 4, 16], np.int16)
# The packed cost of a level: cost in bits 0 to 15, absences in bits 16 and up, summed together.
ABSENCE_BIT: Final = 16
PACKED_COST: Final = np.array(
    [cost + ((level == Level.NO) << ABSENCE_BIT) for level, cost in enumerate(COST.tolist())],
    np.int32,
)
BANDS: Final = 65


@dataclass(frozen=True, order=True, slots=True)
class Objective:
    """The objective value of a slot over the horizon, compared field by field; smaller is better.

    Attributes:
        hard: occurrences that cannot be held: too few facilitators, or somebody required absent.
        quorum_fail: occurrences below the quorum.
        unserved: people with more absences than tolerated.
        worst_bands: the people's bands in descending order; see :func:`band`.
        weighted_sum: burdens times weights.
        drift: person-occurrences off that person's usual local time.
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
    """Return burdens, any shape, as bands 0 to 64: quarters of one "fine" per meeting, rounded up."""
    return -(-4 * burden // occurrences)


@lru_cache(maxsize=64)
def band_table(occurrences: int) -> NDArray[np.uint8]:
    """Return the band of every possible burden, ``(16 × occurrences + 1,) uint8``, to avoid divisions."""
    return band(np.arange(int(COST[-1]) * occurrences + 1), occurrences).astype(np.uint8)
