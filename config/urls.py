"""Every address of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from config import health

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
