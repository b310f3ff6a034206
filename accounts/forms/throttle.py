"""Slow down whoever guesses passwords and codes, without locking out whoever owns them."""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models.person import normalize_username
from accounts.rate_limit import Pace
from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from django.http import HttpRequest

WINDOW: Final = timedelta(minutes=15)


class TooManyAttempts(CommonhourError):
    """Too many wrong tries came from one network."""

    code = "too_many_attempts"

    def __init__(self) -> None:
        super().__init__(_("That was wrong too often. Please wait a quarter of an hour."))


class Throttle:
    """Counts wrong tries at one door, over all processes: at a user name, and from a network.

    The owner, on another network, is never slowed by someone who guesses.
    """

    def __init__(self, door: str) -> None:
        self._at_user_name = Pace(f"{door}-at-user-name", calls=8, per=WINDOW)
        self._from_network = Pace(f"{door}-from-network", calls=60, per=WINDOW)

    def admit(self, request: HttpRequest, username: str) -> None:
        """Count a try before it is looked at, so that a hundred at once are not all the first.

        Raises:
            TooManyAttempts: this network has guessed too often, at this user name or at all.
        """
        now, (seen, network) = timezone.now(), _names(request, username)
        if any([self._at_user_name.wait(seen, now), self._from_network.wait(network, now)]):
            raise TooManyAttempts

    def forgive(self, request: HttpRequest, username: str) -> None:
        """Do not count a try that was right."""
        now, (seen, network) = timezone.now(), _names(request, username)
        self._at_user_name.forgive(seen, now)
        self._from_network.forgive(network, now)


PASSWORD_ATTEMPTS: Final = Throttle("password")


def _names(request: HttpRequest, username: str) -> tuple[str, str]:
    """Return what a user name seen from a network is counted under, and the network alone."""
    network = _network(request.META.get("REMOTE_ADDR", ""))
    return hashlib.sha256(f"{network} {normalize_username(username)}".encode()).hexdigest(), network


def _network(address: str) -> str:
    """Return the /24 or /48 of an address, which is finer than a town and coarser than a home."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    prefix = 24 if parsed.version == 4 else 48  # noqa: PLR2004 - IP version 4
    return str(ipaddress.ip_network((parsed, prefix), strict=False).network_address)
