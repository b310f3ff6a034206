"""The URL of the room's WebSocket. The ticket says which room it is about."""

from __future__ import annotations

from django.urls import path

from sessions.consumers import RoomConsumer

websocket_urlpatterns = [path("ws/room/", RoomConsumer.as_asgi())]  # type: ignore[arg-type] # Channels routes ASGI
