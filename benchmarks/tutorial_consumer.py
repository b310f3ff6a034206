"""The consumer of the Channels tutorial, as a baseline: every socket a member of a layer's group."""

from __future__ import annotations

import json
import os
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path, re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from scheduler.models import Membership


class TutorialConsumer(AsyncWebsocketConsumer):
    """Sends to the group what a browser says, and to the browser what the group is sent."""

    async def connect(self) -> None:
        """Join the group that the address names."""
        self.group = self.scope["path"].strip("/").replace("/", "-")
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


class MembersConsumer(TutorialConsumer):
    """The same for people who sign in and belong: who comes is looked up, shown in, and announced."""

    async def connect(self) -> None:
        """Come in, if one may; hear who else belongs, and tell them."""
        card = await self._card()
        if card is None:
            await self.close()
            return
        await super().connect()
        await self.send(text_data=json.dumps({"type": "room", "people": await self._people()}))
        message = {"type": "chat.message", "text": f"{card} came"}
        await self.channel_layer.group_send(self.group, message)

    @database_sync_to_async
    def _card(self) -> str | None:
        """Return under which name this person belongs to the group that meets."""
        mine = Membership.objects.active().filter(person=self.scope["user"], **self._here())
        return mine.values_list("alias", flat=True).first()

    @database_sync_to_async
    def _people(self) -> list[str]:
        return list(Membership.objects.filter(**self._here()).values_list("alias", flat=True))

    def _here(self) -> dict[str, Any]:
        return {"group__occurrences": self.scope["url_route"]["kwargs"]["occurrence"]}


rooms = URLRouter(
    [
        path("members/<int:occurrence>/", AuthMiddlewareStack(MembersConsumer.as_asgi())),  # type: ignore[arg-type] # Channels routes ASGI
        re_path("", TutorialConsumer.as_asgi()),  # type: ignore[arg-type] # Channels routes ASGI
    ]
)
application = ProtocolTypeRouter({"http": pages, "websocket": rooms})
