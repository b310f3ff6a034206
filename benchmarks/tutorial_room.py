"""The consumer of the Channels tutorial, as a baseline: every socket a member of a layer's group."""

from __future__ import annotations

import json
import os
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()


class TutorialConsumer(AsyncWebsocketConsumer):
    """Sends to the group what a browser says, and to the browser what the group is sent."""

    async def connect(self) -> None:
        """Join the group that the address names."""
        self.group = self.scope["path"].strip("/")
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 - the signature is Channels'
        """Leave the group."""
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:  # noqa: ARG002
        """Send a message to the group."""
        message = {"type": "chat.message", "text": json.loads(text_data or "{}")["text"]}
        await self.channel_layer.group_send(self.group, message)

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Send the browser what the group was sent."""
        await self.send(text_data=json.dumps({"type": "event", "text": event["text"]}))


application = ProtocolTypeRouter({"http": pages, "websocket": TutorialConsumer.as_asgi()})
