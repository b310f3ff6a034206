"""Waiting until something is so.

Playwright's ``wait_for_function`` does not await a predicate that is ``async``: its promise counts as
true. What asks the browser for statistics or registrations goes through ``wait_until_true`` instead.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

PATIENCE: Final = 30.0  # seconds; a bound for a busy machine, nobody waits longer than it takes
INTERVAL: Final = 0.1


def becomes_true(is_so: Callable[[], Any], *, within: float = PATIENCE) -> bool:
    """Return whether ``is_so`` returns something true before ``within`` seconds are over."""
    deadline = time.monotonic() + within
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(INTERVAL)
    return True


def wait_until_true(page: Page, script: str, *, within: float = PATIENCE) -> None:
    """Evaluate a script, which may be an async function, until it returns something true."""
    assert becomes_true(lambda: page.evaluate(script), within=within), f"never true: {script}"
