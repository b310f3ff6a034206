"""A push service (RFC 8030), and browsers that are subscribed and decrypt what it delivers."""

from __future__ import annotations

import base64
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.http_server import listening

if TYPE_CHECKING:
    from collections.abc import Iterator


def unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def padded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """A browser, which alone has the keys to decrypt what is pushed to it."""

    name: str
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    def subscription(self, origin: str) -> dict[str, str]:
        """Return the subscription that it gives to a page."""
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return {
            "endpoint": f"{origin}/{self.name}",
            "agreement_key": unpadded(point),
            "auth_secret": unpadded(self.secret),
        }


@dataclass
class Pushed:
    """A message as the browser decrypts it, with what the service could see."""

    words: dict[str, str]
    size: int
    headers: dict[str, str]
    claims: dict[str, Any]


@dataclass
class PushService:
    """Accepts messages for its browsers, unless ``answers`` holds another status for one."""

    origin: str = ""
    browsers: dict[str, Browser] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    pushed: list[Pushed] = field(default_factory=list)

    def browser(self, name: str) -> Browser:
        return self.browsers.setdefault(name, Browser(name))

    def accept(self, name: str, headers: dict[str, str], body: bytes) -> int:
        """Verify the sender (RFC 8292), decrypt (RFC 8291) and store; return the status."""
        if name in self.answers:
            return self.answers[name]
        browser = self.browsers[name]
        assert headers["content-encoding"] == "aes128gcm"
        words = http_ece.decrypt(
            body, private_key=browser.private, auth_secret=browser.secret, version="aes128gcm"
        )
        claims = verified(headers["authorization"])
        self.pushed.append(Pushed(json.loads(words), len(body), headers, claims))
        return 201


def verified(authorization: str) -> dict[str, Any]:
    """Return the claims of a VAPID header after verifying its signature."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    raw = padded(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), padded(parts["k"]))
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    encoded = utils.encode_dss_signature(r, s)
    key.verify(encoded, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    return dict(json.loads(padded(claims)))


@contextmanager
def push_service() -> Iterator[PushService]:
    """Listen on a free port of this machine."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(service.accept(self.path.rpartition("/")[2], headers, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Log nothing."""

    with listening(Handler) as address:
        service.origin = address
        yield service
