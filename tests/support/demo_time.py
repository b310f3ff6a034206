"""The moment at which the tests of the demo take place."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2026, 6, 5, 12, 0, 40, tzinfo=UTC)
