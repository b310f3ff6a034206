"""``manage.py serve``: the whole product, or its web part when ``REDIS_URL`` is set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.serve import CannotServe, serve
from sessions.media.choose import offered

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


TEXT_ONLY: Final = "Rooms are text only: for voice and video set TURN_URLS, JANUS_URL or COMMONHOUR_DIRECT_CALLS=yes."


class Command(BaseCommand):
    """Listens until it is told to stop."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address to listen on; behind a proxy it stays on this machine."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, host: str, port: int, **_options: Any) -> None:
        """Serve; say where, and why not."""
        try:
            serve(host=host, port=port, on_ready=lambda: self._say_where(host, port))
        except CannotServe as error:
            raise CommandError(str(error)) from None

    def _say_where(self, host: str, port: int) -> None:
        company = "beside a worker and a beat" if settings.REDIS_URL else "in one process"
        shown = f"[{host}]" if ":" in host else host
        self.stdout.write(f"Commonhour listens on http://{shown}:{port}, {company}.")
        if not offered():
            self.stdout.write(TEXT_ONLY)
        self.stdout.flush()
