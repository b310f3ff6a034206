"""The live sessions, as Django knows them."""

from __future__ import annotations

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """The label ``sessions`` belongs to Django's own app of browser sessions."""

    name = "sessions"
    label = "peer_sessions"
