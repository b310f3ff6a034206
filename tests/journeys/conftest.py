"""A hall full of browsers for the tests of this folder."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import Hall
from tests.support import server_process
from tests.support.chromium import a_browser
from tests.support.seeded_data import a_demo, copy_live_sessions
from tests.support.tcp_proxy import Relay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

expect.set_options(timeout=20_000)  # a machine that does much else is slow, and not wrong


@pytest.fixture(scope="module")
def text_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """Serve sessions without calls to the tests of a file."""
    folder = tmp_path_factory.mktemp("hall")
    with a_browser("--no-sandbox") as browser, a_hall(browser, folder) as made:
        yield made


@pytest.fixture
def hall(text_hall: Hall) -> Iterator[Hall]:
    """Give a test its own session; every browser's line goes through a relay that can be slow or cut."""
    with text_hall.own_hour():
        yield text_hall


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[server_process.Server]:
    """Serve the demo's world to the tests of a file."""
    with a_demo(tmp_path_factory.mktemp("demo")) as server:
        yield server


@contextmanager
def a_hall(browser: Browser, folder: Path, **variables: str) -> Iterator[Hall]:
    """Serve sessions with these settings."""
    world = copy_live_sessions(folder)
    env = server_process.environment(folder, **variables)
    with server_process.serve(env) as server:
        server.wait_until_ready()
        with closing(Relay(int(server.url.rpartition(":")[2]))) as relay:
            yield Hall(browser, relay, world)
