"""The Django app of ``scheduler``."""

from __future__ import annotations

from django.apps import AppConfig


class SchedulerConfig(AppConfig):
    """Groups and their schedule."""

    name = "scheduler"

    def ready(self) -> None:
        """Connect the receiver that erases a person's data when the account is closed."""
        from accounts.signals import account_closed  # noqa: PLC0415 - models are there only now
        from scheduler.actions.erasure import erase_person  # noqa: PLC0415 - as above

        account_closed.connect(erase_person, dispatch_uid="scheduler.erasure")
