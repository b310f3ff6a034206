"""Hypothesis profiles and reference answers for the optimizer.

``pytest tests/optimizer --hypothesis-profile=nightly`` compares 100,000 objectives with plain
zoneinfo and runs the long searches; without it a push compares 2,000.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pathlib import Path

NIGHTLY = "nightly"
settings.register_profile(NIGHTLY, max_examples=5_000, deadline=None)


@pytest.fixture(scope="session")
def nightly() -> None:
    """Skip tests that take minutes, unless the nightly profile is chosen."""
    if settings.get_current_profile_name() != NIGHTLY:
        pytest.skip("takes minutes: run with --hypothesis-profile=nightly")


@pytest.fixture(scope="session")
def slots_data(shared_data: Path) -> Path:
    return shared_data / "slots"


@pytest.fixture(scope="session")
def reference_groups(slots_data: Path) -> list[dict[str, Any]]:
    return json.loads((slots_data / "groups.json").read_text())["groups"]


@pytest.fixture(scope="session")
def reference_answers(slots_data: Path) -> dict[str, Any]:
    return json.loads((slots_data / "groups.oracle.json").read_text())
