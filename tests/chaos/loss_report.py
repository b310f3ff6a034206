"""The result of a fault run: notices lost, duplicated and unconfirmed, and lateness.

CHAOS_NOTICES and CHAOS_SECONDS set its size: 30000 in 60 is a full run, with CHAOS_LATEST=5.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.chaos.delivery_harness import Installation

PEOPLE: Final = int(os.environ.get("CHAOS_NOTICES", "3000"))
SPREAD: Final = int(os.environ.get("CHAOS_SECONDS", "60"))
KILLS: Final = 10
# The greatest p99 of lateness, in seconds, without an outage; meaningful on an idle machine only.
LATEST: Final = float(os.environ.get("CHAOS_LATEST", "inf"))


def print_figure(name: str, value: float, unit: str) -> None:
    """Print one figure; ``-s`` shows it."""
    sys.stdout.write(f"FIGURE\t{name}\t{value}\t{unit}\n")


def report(installation: Installation, name: str, kills: int, *, is_an_outage: bool = True) -> None:
    """Print what was lost, duplicated and uncertain, and how late the mails came."""
    received, unconfirmed = installation.received(), installation.unconfirmed()
    everyone = {f"p{number}@example.org" for number in range(PEOPLE)}
    lost = everyone - received.keys() - unconfirmed
    duplicated = [email for email, times in received.items() if times > 1]
    late = installation.lateness()
    for figure, value, unit in (
        ("lost", len(lost), "notices"),
        ("duplicated", len(duplicated), "notices"),
        ("unconfirmed", len(unconfirmed), "notices"),
        ("lateness p99", round(late[int(len(late) * 0.99)], 1), "s"),
        ("lateness max", round(late[-1], 1), "s"),
    ):
        print_figure(f"{name}: {figure}", value, unit)
    assert (lost, duplicated) == (set(), [])
    assert len(unconfirmed) <= kills
    assert is_an_outage or late[int(len(late) * 0.99)] <= LATEST
