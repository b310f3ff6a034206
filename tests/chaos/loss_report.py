"""What a fault run cost: who got nothing, who got two, of whom nobody knows, and how late it was.

CHAOS_NOTICES and CHAOS_SECONDS make it larger: 30000 in 60 is a full run, with CHAOS_LATEST=5.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.chaos.delivery_harness import Post

PEOPLE: Final = int(os.environ.get("CHAOS_NOTICES", "3000"))
SPREAD: Final = int(os.environ.get("CHAOS_SECONDS", "60"))
KILLS: Final = 10
# Seconds that p99 may be late where nothing is out; only a machine with nothing else to do can say.
LATEST: Final = float(os.environ.get("CHAOS_LATEST", "inf"))


def say(name: str, value: float, unit: str) -> None:
    """Print one figure; ``-s`` shows it."""
    sys.stdout.write(f"FIGURE\t{name}\t{value}\t{unit}\n")


def report(office: Post, name: str, kills: int, *, is_an_outage: bool = True) -> None:
    """Print what was lost, doubled and uncertain, and how late the mails came."""
    received, unconfirmed = office.received(), office.unconfirmed()
    everyone = {f"p{number}@example.org" for number in range(PEOPLE)}
    lost = everyone - received.keys() - unconfirmed
    doubled = [email for email, times in received.items() if times > 1]
    late = office.lateness()
    for figure, value, unit in (
        ("lost", len(lost), "notices"),
        ("doubled", len(doubled), "notices"),
        ("unconfirmed", len(unconfirmed), "notices"),
        ("lateness p99", round(late[int(len(late) * 0.99)], 1), "s"),
        ("lateness max", round(late[-1], 1), "s"),
    ):
        say(f"{name}: {figure}", value, unit)
    assert (lost, doubled) == (set(), [])
    assert len(unconfirmed) <= kills
    assert is_an_outage or late[int(len(late) * 0.99)] <= LATEST
