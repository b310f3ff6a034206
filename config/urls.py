"""Every address of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import include, path

from config import health, metrics, outbox, robots, shelter
from scheduler.views import people

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("scheduler.urls")),
    path("", include("sessions.urls")),
    path("", include("notifications.urls")),
    path(shelter.HELP, shelter.crisis, name="crisis"),
    path(shelter.LEAVE, shelter.leave, name="leave"),
    path("language/", people.set_language, name="set_language"),
    # Bounces and complaints, from a provider that knows the secret; without one, nothing is there.
    *([path("anymail/", include("anymail.urls"))] if "WEBHOOK_SECRET" in settings.ANYMAIL else []),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("robots.txt", robots.robots, name="robots"),
    path("outbox/", outbox.outbox, name="outbox"),
]
