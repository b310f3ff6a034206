"""The key by which push services recognise this installation (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

P256_ORDER_MINUS_ONE = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550


@cache
def signing_key() -> ec.EllipticCurvePrivateKey:
    """Return the private key, derived from ``SECRET_KEY``.

    So all processes have the same one and none is stored. With a new ``SECRET_KEY`` every device
    must subscribe again.
    """
    derived = HKDF(SHA256(), 32, salt=None, info=b"commonhour push").derive(
        settings.SECRET_KEY.encode()
    )
    return ec.derive_private_key(int.from_bytes(derived) % P256_ORDER_MINUS_ONE + 1, ec.SECP256R1())


def public_key() -> str:
    """Return the public key that browsers need to subscribe, in unpadded base64url."""
    point = signing_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
