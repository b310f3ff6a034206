"""Which of many vectors no other vector beats everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def nondominated(rows: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the indexes of rows ``(m, n)`` that no other row is at most as large as everywhere.

    Of equal rows the first stays. Whatever adds rows up and then prefers less for everybody loses
    nothing by looking at these alone: 672 slots of a group of twelve leave 15 to 46.
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
