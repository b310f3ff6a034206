"""The Django app of ``calendars``."""

from __future__ import annotations

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    """Calendar feeds and imports."""

    name = "calendars"

    def ready(self) -> None:
        """End a person's feeds with a membership, a change of credentials or the account."""
        from accounts.signals import account_closed, credentials_changed  # noqa: PLC0415 - models are there only now
        from calendars.actions import feeds  # noqa: PLC0415 - as above
        from scheduler.signals import membership_ended  # noqa: PLC0415 - as above

        membership_ended.connect(feeds.revoke_on_signal, dispatch_uid="calendars.membership")
        credentials_changed.connect(feeds.revoke_on_signal, dispatch_uid="calendars.credentials")
        account_closed.connect(feeds.erase_person, dispatch_uid="calendars.erasure")
