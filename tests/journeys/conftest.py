"""A hall full of browsers for the tests of this folder."""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import Hall
from tests.support import server_process
from tests.support.chromium import a_browser
from tests.support.tcp_proxy import Relay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

expect.set_options(timeout=20_000)  # a machine that does much else is slow, and not wrong


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """Serve one session; every browser's line goes through a relay that can be slow or cut."""
    with a_browser("--no-sandbox") as browser, a_hall(browser, tmp_path) as made:
        yield made


@contextmanager
def a_hall(browser: Browser, folder: Path, **variables: str) -> Iterator[Hall]:
    """Serve sessions with these settings."""
    env = server_process.environment(folder, **variables)
    with server_process.serve(env) as server:
        server.wait_until_ready()
        made = server_process.manage(
            "shell", "-v", "0", "-c", "import tests.support.seed_server", env=env
        )
        assert made.returncode == 0, made.stderr
        with closing(Relay(int(server.url.rpartition(":")[2]))) as relay:
            yield Hall(browser, relay, json.loads(made.stdout))
