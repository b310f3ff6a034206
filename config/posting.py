"""What an operator may set about how notices leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from config.bad_setting import BadSetting

if TYPE_CHECKING:
    from collections.abc import Mapping

WAYS: Final = ("email", "push", "sms", "webhook")


@dataclass(frozen=True, slots=True)
class Posting:
    """How fast notices leave by each way, and what happens to those in doubt."""

    rates: dict[str, float]  # messages a second
    resend_uncertain: frozenset[str]


def read_posting(environ: Mapping[str, str]) -> Posting:
    """Parse what concerns notices.

    Raises:
        BadSetting: a value is malformed.
    """
    return Posting(rates=_rates(environ), resend_uncertain=_resend_uncertain(environ))


def _rates(environ: Mapping[str, str]) -> dict[str, float]:
    """Return how many messages a second may leave by each way that has a limit."""
    name = "COMMONHOUR_RATES"
    rates: dict[str, float] = {}
    for word in (environ.get(name) or "").split():
        way, _, number = word.partition("=")
        try:
            rates[way] = float(number)
        except ValueError:
            rates[way] = 0.0
        if way not in WAYS or not 0 < rates[way] < float("inf"):
            raise BadSetting(
                name,
                f"“{word}” is not a way and a number of messages a second, such as email=20 or sms=0.5.",
            )
    return rates


def _resend_uncertain(environ: Mapping[str, str]) -> frozenset[str]:
    name = "COMMONHOUR_RESEND_UNCERTAIN"
    ways = frozenset((environ.get(name) or "").split())
    if ways - set(WAYS):
        raise BadSetting(name, f"allowed are any of: {' '.join(WAYS)}.")
    return ways
