"""Everything that arrives over the network: pages to Django, WebSockets to the rooms."""

from __future__ import annotations

import os
import warnings

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import WebsocketDenier
from django.core.asgi import get_asgi_application
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# WhiteNoise answers with files, which Django reads in a thread; it need not say so each time.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
pages = get_asgi_application()

from config.calendar_endpoint import PREFIX, calendars_at  # noqa: E402 - what it imports needs the settings
from sessions.routing import websocket_urlpatterns  # noqa: E402 - models are there only now

elsewhere = re_path("", WebsocketDenier.as_asgi())  # type: ignore[arg-type] # Channels routes ASGI
rooms = URLRouter([*websocket_urlpatterns, elsewhere])  # type: ignore[list-item] # the same
application = ProtocolTypeRouter({"http": calendars_at(PREFIX, pages), "websocket": rooms})
