"""URLs of the public directory of meetings."""

from __future__ import annotations

from django.urls import path

from directory.views import meetings

urlpatterns = [
    path("", meetings.meetings, name="meetings"),
]
