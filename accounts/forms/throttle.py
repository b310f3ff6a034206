"""Limit wrong passwords and codes per network, without locking out the owner of an account."""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models.person import normalize_username
from accounts.rate_limit import RateLimit
from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from django.http import HttpRequest

WINDOW: Final = timedelta(minutes=15)
PER_USERNAME: Final = 8
PER_NETWORK: Final = 60


class TooManyAttempts(CommonhourError):
    """Too many wrong attempts came from one network."""

    code = "too_many_attempts"

    def __init__(self) -> None:
        super().__init__(_("That was wrong too often. Please wait a quarter of an hour."))


class Throttle:
    """Counts wrong attempts at one form over all processes: per user name and network, and per network.

    The owner of an account, on another network, is never slowed by somebody who guesses.
    """

    def __init__(self, name: str) -> None:
        self._by_username = RateLimit(f"{name}-at-user-name", calls=PER_USERNAME, per=WINDOW)
        self._by_network = RateLimit(f"{name}-from-network", calls=PER_NETWORK, per=WINDOW)

    def count(self, request: HttpRequest, username: str) -> None:
        """Count an attempt before it is checked, so that of many at once not all pass.

        Raises:
            TooManyAttempts: this network attempted too often, at this user name or at all.
        """
        now, (username_key, network) = timezone.now(), _keys(request, username)
        waits = [self._by_username.wait(username_key, now), self._by_network.wait(network, now)]
        if any(waits):
            raise TooManyAttempts

    def refund(self, request: HttpRequest, username: str) -> None:
        """Do not count an attempt that was right."""
        now, (username_key, network) = timezone.now(), _keys(request, username)
        self._by_username.refund(username_key, now)
        self._by_network.refund(network, now)


PASSWORD_ATTEMPTS: Final = Throttle("password")


def _keys(request: HttpRequest, username: str) -> tuple[str, str]:
    """Return the hash of a user name on a network, and the network alone."""
    network = _network(request.META.get("REMOTE_ADDR", ""))
    text = f"{network} {normalize_username(username)}"
    return hashlib.sha256(text.encode()).hexdigest(), network


def _network(address: str) -> str:
    """Return the /24 (IPv4) or /48 (IPv6) network of an address; ``unknown`` if it is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    prefix = 24 if parsed.version == 4 else 48  # noqa: PLR2004 - IP version 4
    return str(ipaddress.ip_network((parsed, prefix), strict=False).network_address)
