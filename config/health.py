"""Whether this process lives, and whether what it leans on answers in time."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING, Final

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from notifications.models import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

PATIENCE_SECONDS: Final = 2.0
# Several ticks missed: reminders are standing still.
LATE: Final = timedelta(minutes=1)


@dataclass(slots=True)
class Probe:
    """One question to something we lean on, asked on a thread so that it cannot hold us up."""

    name: str
    ask: Callable[[], dict[str, object]]
    _asked: Future[dict[str, object]] | None = field(default=None, init=False)

    def start(self) -> Future[dict[str, object]]:
        """Return the answer to come; a question still open is not asked again.

        So a database that hangs costs one thread, however often we are probed.
        """
        if self._asked is None or self._asked.done():
            self._asked = Future()
            Thread(target=self._answer, args=(self._asked,), daemon=True).start()
        return self._asked

    def _answer(self, answer: Future[dict[str, object]]) -> None:
        try:
            answer.set_result({"ok": True} | self.ask())
        except Exception as error:  # noqa: BLE001 whatever is wrong, its name is the answer
            # Only the name: a message may hold an address or a password.
            answer.set_result({"ok": False, "why": type(error).__name__})


def _database() -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.close()
    return {"vendor": connection.vendor}


def _broker() -> dict[str, object]:
    if not settings.REDIS_URL:
        return {"vendor": "memory"}
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS
    ) as client:
        client.ping()
    return {"vendor": "redis"}


def _tick() -> dict[str, object]:
    age = Heartbeat.age(timezone.now())
    connection.close()
    if age is None:
        return {"ok": False, "why": "never ticked"}
    return {"ok": age < LATE, "age_seconds": round(age.total_seconds(), 1)}


PROBES: Final = (Probe("database", _database), Probe("broker", _broker), Probe("tick", _tick))


@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers; touches nothing else, so a restart would help if it fails."""
    return HttpResponse("alive\n", content_type="text/plain")


@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """Say what answers in time, 503 unless all does; names no address and no person."""
    asked = [(probe.name, probe.start()) for probe in PROBES]
    checks = {name: _within_patience(answer) for name, answer in asked}
    ready = all(check["ok"] for check in checks.values())
    body = {"ready": ready, "checks": checks, "tz_database": settings.TZ_VERSION}
    return JsonResponse(body, status=200 if ready else 503)


def _within_patience(answer: Future[dict[str, object]]) -> dict[str, object]:
    try:
        return answer.result(PATIENCE_SECONDS)
    except TimeoutError:
        return {"ok": False, "why": "no answer in time"}
