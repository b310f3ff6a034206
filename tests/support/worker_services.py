"""Gives each pytest-xdist worker a Redis database of its own; loaded with ``-p`` before settings.

pytest-django gives each worker its own SQL database; Redis has numbered ones, 0 to 15, and tests
empty theirs. Number 0 stays free for a Redis that somebody uses by hand.
"""

from __future__ import annotations

import os
from typing import Final
from urllib.parse import urlsplit

NUMBERED_DATABASES: Final = 15


def redis_url_of(worker: str, url: str) -> str:
    """Return the Redis URL of a worker named ``gw0``, ``gw1`` …; any other name keeps ``url``."""
    number = worker.removeprefix("gw")
    if not url or not number.isdigit():
        return url
    parts = urlsplit(url)
    base = int(parts.path.strip("/") or 1) - 1
    return parts._replace(path=f"/{1 + (base + int(number)) % NUMBERED_DATABASES}").geturl()


if "REDIS_URL" in os.environ:
    os.environ["REDIS_URL"] = redis_url_of(
        os.environ.get("PYTEST_XDIST_WORKER", ""), os.environ["REDIS_URL"]
    )
