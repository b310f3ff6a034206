"""Liveness and readiness: this process, and the services it depends on."""

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

TIMEOUT_SECONDS: Final = 2.0
# Several ticks were missed: no reminders are planned.
LATE: Final = timedelta(minutes=1)


@dataclass(slots=True)
class Probe:
    """A check of one dependency, run on a thread so that a hung one cannot block the answer."""

    name: str
    check: Callable[[], dict[str, object]]
    _running: Future[dict[str, object]] | None = field(default=None, init=False)

    def start(self) -> Future[dict[str, object]]:
        """Return the future result; a check that still runs is not started again.

        A database that hangs therefore costs one thread, however often this is called.
        """
        if self._running is None or self._running.done():
            self._running = Future()
            Thread(target=self._run, args=(self._running,), daemon=True).start()
        return self._running

    def _run(self, result: Future[dict[str, object]]) -> None:
        try:
            result.set_result({"ok": True} | self.check())
        except Exception as error:  # noqa: BLE001 - the name of any error is the result
            # Only the name: a message may hold an address or a password.
            result.set_result({"ok": False, "why": type(error).__name__})


def _database() -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.close()
    return {"vendor": connection.vendor}


def _broker() -> dict[str, object]:
    if not settings.REDIS_URL:
        return {"vendor": "memory"}
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
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
    """Answer 200 if this process can answer at all; a restart helps if it cannot."""
    return HttpResponse("alive\n", content_type="text/plain")


@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 if every dependency answers in time, else 503; no address and no person is named."""
    started = [(probe.name, probe.start()) for probe in PROBES]
    checks = {name: _result_in_time(result) for name, result in started}
    ready = all(check["ok"] for check in checks.values())
    body = {"ready": ready, "checks": checks, "tz_database": settings.TZ_VERSION}
    return JsonResponse(body, status=200 if ready else 503)


def _result_in_time(result: Future[dict[str, object]]) -> dict[str, object]:
    try:
        return result.result(TIMEOUT_SECONDS)
    except TimeoutError:
        return {"ok": False, "why": "no answer in time"}
