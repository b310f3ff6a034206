"""The URLs of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import include, path

from config import crisis_pages, health, information, metrics, robots, sent_mail

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("scheduler.urls")),
    path("", include("calendars.urls")),
    path("", include("directory.urls")),
    path("", include("sessions.urls")),
    path("", include("notifications.urls")),
    path(crisis_pages.HELP, crisis_pages.crisis, name="crisis"),
    path(crisis_pages.LEAVE, crisis_pages.leave, name="leave"),
    # Bounces and complaints, from a provider that knows the secret; without one, nothing is there.
    *([path("anymail/", include("anymail.urls"))] if "WEBHOOK_SECRET" in settings.ANYMAIL else []),
    path("about/", information.about, name="about"),
    path("privacy/", information.privacy, name="privacy"),
    path("terms/", information.terms, name="terms"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("robots.txt", robots.robots, name="robots"),
    path("sent-mail/", sent_mail.sent_mail, name="sent_mail"),
]
