"""Slow down whoever guesses passphrases, without locking out whoever owns them."""

from __future__ import annotations

import hashlib
import ipaddress
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from django.utils.translation import gettext as _

from scheduler.errors import CommonhourError
from scheduler.models.people import folded

if TYPE_CHECKING:
    from django.http import HttpRequest

WINDOW_SECONDS: Final = 15 * 60
TRIES_FOR_ONE_HANDLE: Final = 8
TRIES_FROM_ONE_NETWORK: Final = 60


class TooManyTries(CommonhourError):
    """Too many wrong passphrases came from one network."""

    code = "too_many_tries"

    def __init__(self) -> None:
        super().__init__(_("That was wrong too often. Please wait a quarter of an hour."))


def check_tries(request: HttpRequest, handle: str) -> None:
    """Count nothing, only look.

    Raises:
        TooManyTries: this network has guessed too often, at this handle or at all.
    """
    one, all_ = (cache.get(key, 0) for key in _keys(request, handle))
    if one >= TRIES_FOR_ONE_HANDLE or all_ >= TRIES_FROM_ONE_NETWORK:
        raise TooManyTries


def count_wrong_try(request: HttpRequest, handle: str) -> None:
    """Remember one wrong passphrase for a quarter of an hour."""
    for key in _keys(request, handle):
        cache.add(key, 0, WINDOW_SECONDS)
        cache.incr(key)


def _keys(request: HttpRequest, handle: str) -> tuple[str, str]:
    """Return the counters of a handle seen from a network, and of the network.

    The owner, on another network, is never slowed by someone who guesses.
    """
    network = _network(request.META.get("REMOTE_ADDR", ""))
    seen = hashlib.sha256(f"{network} {folded(handle)}".encode()).hexdigest()
    return f"tries:{seen}", f"tries:{network}"


def _network(address: str) -> str:
    """Return the /24 or /48 of an address, which is finer than a town and coarser than a home."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    prefix = 24 if parsed.version == 4 else 48  # noqa: PLR2004 - IP version 4
    return str(ipaddress.ip_network((parsed, prefix), strict=False).network_address)
