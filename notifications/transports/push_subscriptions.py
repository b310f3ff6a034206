"""What a browser hands over so that it can be reached, and whether it may be believed.

An address that a browser names is an address that this server will call: it must be one of a
push service, not one inside the operator's own network.
"""

from __future__ import annotations

import base64
import binascii
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext as _

from civiltime.errors import CommonhourError

# Who runs push services for browsers: Google, Mozilla, Apple, Microsoft.
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
    """A browser named an address that belongs to none of the push services we trust."""

    code = "unknown_push_service"

    def __init__(self) -> None:
        super().__init__(
            _("This browser uses a push service that we do not know. Please choose another way.")
        )


def check(endpoint: str, agreement_key: str, auth_secret: str) -> None:
    """Refuse what no push service of a browser has given.

    Raises:
        UnknownPushService: the address is not one of theirs, or the keys are not keys.
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
    """Whether an address is an https one of a push service, under its own port and no user name."""
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


@cache
def signing_key() -> ec.EllipticCurvePrivateKey:
    """Return the key by which push services know this installation (RFC 8292).

    It is derived from the installation's secret, so that every process has the same one and none
    has to be kept: a new secret makes every device subscribe anew.
    """
    derived = HKDF(SHA256(), 32, salt=None, info=b"commonhour push").derive(
        settings.SECRET_KEY.encode()
    )
    order_minus_one = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550
    return ec.derive_private_key(int.from_bytes(derived) % order_minus_one + 1, ec.SECP256R1())


def public_key() -> str:
    """Return what browsers need to subscribe, in unpadded base64url."""
    point = signing_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return the bytes of base64url, padded or not.

    Raises:
        binascii.Error: it is none.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
