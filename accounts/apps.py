"""The Django app of ``accounts``."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts of people."""

    name = "accounts"
