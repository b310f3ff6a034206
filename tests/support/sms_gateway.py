"""An operator's gateway that accepts each key once, can be asked about keys, and fails on demand."""

from __future__ import annotations

import hmac
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from tests.support.http_server import listening

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "a secret that both sides know"


@dataclass
class Gateway:
    """What it accepted, by key, and how it is to answer. Each answer in a list is used once."""

    url: str = ""
    accepted: dict[str, dict[str, str]] = field(default_factory=dict)
    copies: int = 0
    answers: list[int] = field(default_factory=list)  # instead of accepting
    answers_after_accepting: list[int] = field(default_factory=list)
    drops_after_accepting: int = 0

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.accepted.values()]

    def accept(self, key: str, body: bytes) -> int | None:
        """Return the status of the answer; None to drop the connection without one."""
        if self.answers:
            return self.answers.pop(0)
        self.copies += key in self.accepted
        self.accepted[key] = json.loads(body)
        if self.drops_after_accepting:
            self.drops_after_accepting -= 1
            return None
        return self.answers_after_accepting.pop(0) if self.answers_after_accepting else 202


def signature(moment: str, body: bytes) -> str:
    digest = hmac.new(SECRET.encode(), moment.encode() + b"." + body, sha256).hexdigest()
    return f"v1={digest}"


@contextmanager
def gateway() -> Iterator[Gateway]:
    """Listen on a free port of this machine."""
    made = Gateway()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers["Idempotency-Key"]
            self.answer(made.accept(key, body) if self.is_signed(body) else 401)

        def do_GET(self) -> None:
            key = self.path.rpartition("/")[2]
            self.answer(
                (200 if key in made.accepted else 404) if self.is_signed(key.encode()) else 401
            )

        def is_signed(self, body: bytes) -> bool:
            moment = self.headers["Commonhour-Timestamp"]
            return self.headers["Commonhour-Signature"] == signature(moment, body)

        def answer(self, status: int | None) -> None:
            if status is None:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Log nothing."""

    with listening(Handler) as address:
        made.url = f"{address}/send"
        yield made
