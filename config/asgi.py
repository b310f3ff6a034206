"""Everything that arrives over the network: pages to Django, WebSockets to the rooms."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

pages = get_asgi_application()

from sessions.routing import websocket_urlpatterns  # noqa: E402 - models are there only now

rooms = URLRouter(websocket_urlpatterns)  # type: ignore[arg-type] # path() takes ASGI too
application = ProtocolTypeRouter({"http": pages, "websocket": rooms})
