"""The one address for sockets; which room it is about, the ticket says."""

from __future__ import annotations

from django.urls import path

from sessions.consumers import take_line

websocket_urlpatterns = [path("ws/room/", take_line)]  # type: ignore[arg-type] # Channels routes ASGI
