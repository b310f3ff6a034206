"""People, their recovery codes and browser sessions."""

from __future__ import annotations

from accounts.models.browser_session import BrowserSession
from accounts.models.person import Person
from accounts.models.recovery_code import RecoveryCode

__all__ = ["BrowserSession", "Person", "RecoveryCode"]
