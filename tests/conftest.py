"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django import Settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of reference data that lies beside the checkout; CI insists on it."""
    folder = Path(os.environ.get("COMMONHOUR_DATA", ROOT / "../shared/data")).resolve()
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI needs the reference data in {folder}")
        pytest.skip(f"no reference data in {folder}")
    return folder


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    """Hash passphrases in microseconds: Argon2 is slow on purpose, and tests sign many people in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
