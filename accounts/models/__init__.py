"""People and their recovery codes."""

from __future__ import annotations

from accounts.models.person import Person
from accounts.models.recovery_code import RecoveryCode

__all__ = ["Person", "RecoveryCode"]
