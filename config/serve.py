"""Start the web server, and stop it within five seconds and without a traceback."""

from __future__ import annotations

import errno
import gc
import signal
import socket
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from config.embedded import worker_and_beat
from config.websocket_protocol import FramesProtocol
from scheduler.actions.schedule import retime
from sessions.live.hub import announce_restart

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

LARGEST_FRAME_BYTES: Final = 64 * 1024
# In production a proxy of the same machine or network is in front; only it may name the client.
PRIVATE_NETWORKS: Final = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,::1,fc00::/7"


class CannotServe(Exception):
    """The server cannot start; the text says why and what to do."""


def serve(*, host: str, port: int, on_ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT, with worker and beat in this process if ``REDIS_URL`` is unset.

    ``on_ready`` is called once, when requests will be answered.

    Raises:
        CannotServe: the address is not free, or the data folder or the database cannot be used.
    """
    server = _Server(_configuration())
    with listen(host, port) as listener:
        # From now on a signal lets a running migration finish, and then stops.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, server.handle_exit)
        prepare_database()
        with _background_work():
            on_ready()
            server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """Uvicorn, which closes the rooms' sockets with a reason before it stops."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # Objects made so far live as long as the process: collecting them pauses every room for 0.1 s.
        gc.collect()
        gc.freeze()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        announce_restart()
        await super().shutdown(sockets)


def _background_work() -> AbstractContextManager[None]:
    return nullcontext() if settings.REDIS_URL else worker_and_beat()


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket, so that a taken port is reported before anything else is done.

    Raises:
        CannotServe: the port is taken or forbidden, or the host is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        why = {
            errno.EADDRINUSE: "another program is using it. Stop that one, or choose another port.",
            errno.EACCES: "not permitted. Ports below 1024 belong to the system: choose another.",
            errno.EADDRNOTAVAIL: "this machine has no such address.",
        }.get(error.errno or 0, f"{error.strerror or error}.")
        raise CannotServe(f"Cannot listen on {host}, port {port}: {why}") from None


def prepare_database() -> None:
    """Migrate the database of a one-process installation; refuse outdated tables of a larger one.

    Raises:
        CannotServe: the database cannot be reached or written, or a migration is missing.
    """
    try:
        if settings.REDIS_URL:
            _insist_on_migrations()
        else:
            settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
            call_command("migrate", interactive=False, verbosity=0)
        retime(now=timezone.now())  # a new image may bring a new tz database
        connection.close()
    except OSError as error:
        raise CannotServe(
            f"Cannot write to {settings.DATA_DIR} ({error.strerror}). Give this user the folder, "
            "or set COMMONHOUR_DATA_DIR to another."
        ) from None
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        raise CannotServe(
            f"The database cannot be used: {reason}. Check DATABASE_URL, and that the server runs."
        ) from None


def _insist_on_migrations() -> None:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise CannotServe(
            f"The database is {len(missing)} migrations behind. Run: python manage.py migrate"
        )


def _configuration() -> uvicorn.Config:
    return uvicorn.Config(
        "config.asgi:application",
        loop="uvloop",
        http="httptools",
        ws=FramesProtocol,
        ws_max_size=LARGEST_FRAME_BYTES,
        # Compression would hold 34 KiB for each idle connection, to shorten chat messages.
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        lifespan="off",
        server_header=False,
        access_log=False,  # a feed's address is its secret
        log_config=None,
        proxy_headers=settings.IS_PRODUCTION,
        forwarded_allow_ips=PRIVATE_NETWORKS,
        timeout_graceful_shutdown=2,
    )
