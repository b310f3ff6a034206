"""When a rejected message is tried again."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final

WAITS: Final = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 300))


def wait(attempts: int) -> timedelta:
    """Return the wait after so many failed attempts: 10 s, 30 s, 1 min, then 5 min each.

    Up to a tenth more or less, so that messages that failed together do not return together.
    """
    step = WAITS[min(max(attempts, 1), len(WAITS)) - 1]
    return step * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load, guards nothing
