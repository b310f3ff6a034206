"""The group agreement: what everybody accepts before they first enter a room."""

from __future__ import annotations

from typing import Final

AGREEMENT_VERSION: Final = 1
"""Raise it when a rule changes its meaning: everybody is then asked once more."""
