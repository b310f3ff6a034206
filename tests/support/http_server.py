"""A small HTTP server of a test, on a thread of its own."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler


@contextmanager
def listening(door: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Answer on a free port of this machine; yield the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
