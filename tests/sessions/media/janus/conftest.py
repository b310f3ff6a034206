"""A Janus of this test's own, and a browser for its media."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import async_playwright

from tests.sessions.media.janus.participants import Caller, caller
from tests.support import media_servers
from tests.support.chromium import QUIET, require_chromium

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from playwright.async_api import Browser
    from pytest_django import Settings

    from tests.support.ws_client import RoomClient

# Names instead of addresses hide what these tests want to see, and loopback is all there is.
MEDIA = [
    *QUIET,
    "--use-fake-device-for-media-stream=fps=10",  # three sizes of each are encoded by this machine
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]


@pytest.fixture
def janus(tmp_path: Path, settings: Settings) -> Iterator[media_servers.Program]:
    program = media_servers.janus(tmp_path / "janus")
    program.start()
    settings.MEDIA, settings.TURN_URLS, settings.DIRECT_CALLS = "janus", (), False
    settings.JANUS_URL = f"ws://127.0.0.1:{program.port}"
    settings.JANUS_SECRET = media_servers.SECRET
    yield program
    program.stop()


@pytest.fixture
async def engine() -> AsyncIterator[Browser]:
    program = require_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=MEDIA)
        yield browser
        await browser.close()


@pytest.fixture
async def come(engine: Browser) -> AsyncIterator[Callable[..., Awaitable[Caller]]]:
    """Return what makes a window in the call out of a line into the room."""
    callers: list[Caller] = []

    async def coming(client: RoomClient, kind: type[Caller] = Caller) -> Caller:
        callers.append(await caller(engine, client, kind))
        return callers[-1]

    yield coming
    for one in callers:
        await one.leave()
