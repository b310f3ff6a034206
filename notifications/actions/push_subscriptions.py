"""Validation of the push subscription that a browser hands over (RFC 8030, RFC 8291).

The server calls the endpoint that a browser names, so it must belong to a known push service and
not to an address inside the operator's own network.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils.translation import gettext as _

from civiltime.errors import CommonhourError

# The push services of browsers: Google, Mozilla, Apple, Microsoft.
SERVICES: Final = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
POINT_BYTES: Final = 65  # an uncompressed point of P-256
SECRET_BYTES: Final = 16
HTTPS_PORTS: Final = {None, 443}


class UnknownPushService(CommonhourError):
    """A browser named an endpoint that belongs to no known push service."""

    code = "unknown_push_service"

    def __init__(self) -> None:
        super().__init__(
            _("This browser uses a push service that we do not know. Please choose another way.")
        )


def check(endpoint: str, agreement_key: str, auth_secret: str) -> None:
    """Validate a subscription.

    Raises:
        UnknownPushService: the endpoint is of no known push service, or the keys are malformed.
    """
    if not is_push_service(endpoint):
        raise UnknownPushService
    try:
        point, secret = decoded(agreement_key), decoded(auth_secret)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, binascii.Error):
        raise UnknownPushService from None
    if len(point) != POINT_BYTES or len(secret) != SECRET_BYTES:
        raise UnknownPushService


def is_push_service(endpoint: str) -> bool:
    """Whether an endpoint is an https URL of a push service, with port 443 and no user name."""
    if any(endpoint.startswith(f"{service}/") for service in settings.PUSH_SERVICES):
        return True
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or port not in HTTPS_PORTS or "@" in parts.netloc:
        return False
    return any(host == service or host.endswith(f".{service}") for service in SERVICES)


def decoded(text: str) -> bytes:
    """Return the bytes of base64url, padded or not.

    Raises:
        binascii.Error: it is not base64url.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
