"""The Django app of live sessions."""

from __future__ import annotations

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """Labelled ``peer_sessions``, because Django's browser sessions have the label ``sessions``."""

    name = "sessions"
    label = "peer_sessions"
