"""What an operator may set about how notices leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from config.bad_setting import BadSetting

if TYPE_CHECKING:
    from collections.abc import Mapping

MINIMUM_SECRET_LENGTH: Final = 32
PUSH_SERVICES: Final = "COMMONHOUR_PUSH_SERVICES"
GATEWAYS: Final = {"sms": "COMMONHOUR_SMS_URL", "webhook": "COMMONHOUR_WEBHOOK_URL"}
WAYS: Final = ("email", "push", "sms", "webhook")


@dataclass(frozen=True, slots=True)
class Posting:
    """How fast notices leave by each way, and what happens to those in doubt."""

    rates: dict[str, float]  # messages a second
    resend_uncertain: frozenset[str]
    push_services: tuple[str, ...]  # origins, besides those of the browsers' makers
    gateways: dict[str, str]  # the address of each way that leaves by HTTP
    gateway_secret: str = field(repr=False)
    metrics_token: str = field(repr=False)


def read_posting(environ: Mapping[str, str], *, is_production: bool) -> Posting:
    """Parse what concerns notices.

    Raises:
        BadSetting: a value is malformed.
    """
    gateways = {
        way: _web_address(name, url, is_production=is_production)
        for way, name in GATEWAYS.items()
        if (url := environ.get(name))
    }
    return Posting(
        rates=_rates(environ),
        resend_uncertain=_resend_uncertain(environ),
        push_services=tuple(
            _web_address(PUSH_SERVICES, url, is_production=is_production)
            for url in (environ.get(PUSH_SERVICES) or "").split()
        ),
        gateways=gateways,
        gateway_secret=_gateway_secret(environ, is_needed=bool(gateways)),
        metrics_token=_metrics_token(environ),
    )


def _web_address(name: str, url: str, *, is_production: bool) -> str:
    """Return an address without a slash at its end; messages leave production only encrypted."""
    parts = urlsplit(url)
    allowed = {"https"} if is_production else {"http", "https"}
    if parts.scheme not in allowed or not parts.hostname or parts.query or parts.fragment:
        raise BadSetting(name, f"“{url}” is not an address such as https://sms.example.org/send.")
    return url.rstrip("/")


def _gateway_secret(environ: Mapping[str, str], *, is_needed: bool) -> str:
    name = "COMMONHOUR_GATEWAY_SECRET"
    secret = environ.get(name) or ""
    if is_needed and len(secret) < MINIMUM_SECRET_LENGTH:
        raise BadSetting(
            name,
            f"a gateway needs it: at least {MINIMUM_SECRET_LENGTH} characters, the same over there.",
        )
    return secret


def _metrics_token(environ: Mapping[str, str]) -> str:
    name = "COMMONHOUR_METRICS_TOKEN"
    token = environ.get(name) or ""
    if token and len(token) < MINIMUM_SECRET_LENGTH:
        raise BadSetting(name, f"at least {MINIMUM_SECRET_LENGTH} characters, please.")
    return token


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
