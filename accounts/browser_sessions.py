"""The session engine: Django's database sessions with a person column and hashed keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from accounts.models import BrowserSession
from accounts.models.browser_session import hash_session_key

if TYPE_CHECKING:
    from django.contrib.sessions.base_session import AbstractBaseSession


class SessionStore(db.SessionStore):
    """Stores each session under the hash of its key, with the person who is signed in."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        """Return the model of the rows."""
        return BrowserSession

    def load(self) -> dict[str, Any]:
        """Return the stored values; an unknown or expired session is empty and loses its key."""
        row = BrowserSession.objects.filter(
            session_key=hash_session_key(self.session_key or ""), expire_date__gt=timezone.now()
        ).first()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        """Whether there is a row of this key."""
        return super().exists(hash_session_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Return the row to save for these values."""
        row = super().create_model_instance(data)
        assert isinstance(row, BrowserSession)  # noqa: S101 - see get_model_class
        row.session_key = hash_session_key(row.session_key)
        row.person_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Delete the row of a key, by default of this session's own."""
        if key := session_key or self.session_key:
            super().delete(hash_session_key(key))

    async def aload(self) -> dict[str, Any]:
        """Do as :meth:`load`."""
        return await sync_to_async(self.load)()

    async def aexists(self, session_key: str) -> bool:
        """Do as :meth:`exists`."""
        return await sync_to_async(self.exists)(session_key)

    async def acreate_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Do as :meth:`create_model_instance`."""
        return await sync_to_async(self.create_model_instance)(data)

    async def adelete(self, session_key: str | None = None) -> None:
        """Do as :meth:`delete`."""
        await sync_to_async(self.delete)(session_key)
