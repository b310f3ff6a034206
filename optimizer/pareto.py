"""The Pareto front of a set of vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def nondominated(rows: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the indexes ``(k,)`` of rows ``(m, n)`` that no other row dominates, by ascending sum.

    A row dominates another if it is at most as large in every component; of equal rows the first is
    kept. A search that minimises sums of rows in every component loses nothing by using these rows
    only: 15 to 46 of the 672 slots of a group of twelve remain. Cost: O(m × k × n) for k kept rows.
    """
    distinct, first = np.unique(rows, axis=0, return_index=True)
    # A row can only be dominated by one with a smaller sum, so those come first.
    order = np.argsort(distinct.sum(axis=1), kind="stable")
    kept: list[int] = []
    front = np.empty((0, rows.shape[1]), rows.dtype)
    for index in order:
        if not (front <= distinct[index]).all(axis=1).any():
            kept.append(int(index))
            front = distinct[kept]
    return first[kept]
