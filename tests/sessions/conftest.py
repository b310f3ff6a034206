"""What every test of live rooms may ask for."""

from __future__ import annotations

import asyncio
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from sessions.live import threads
from sessions.live.hub import Hub, _hubs
from sessions.media.janus.backend import WIRE_TASK
from tests.support.ws_client import Evening, an_evening, hang_up_all

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sessions.live.room_feed import LiveRoom


def _working(room: LiveRoom) -> list[asyncio.Task[None]]:
    tasks = (room._wishes.worker, room._pictures.worker, room._reader)
    return [task for task in tasks if task]


@pytest.fixture
async def hubs() -> AsyncIterator[None]:
    """Stop what a test's hub keeps running, and let go of its threads' connections."""
    yield
    await hang_up_all()
    hub = _hubs.pop(asyncio.get_running_loop(), None) or Hub()
    for room in hub.rooms.values():
        for socket in list(room.sockets):
            socket.forget()
    wires = [task for task in asyncio.all_tasks() if task.get_name() == WIRE_TASK]
    for keeper in (*hub._keepers, *wires):
        keeper.cancel()
    at_work = [task for room in hub.rooms.values() for task in _working(room)]
    await asyncio.gather(*hub._keepers, *wires, *hub._tasks, *at_work, return_exceptions=True)
    # A cancelled task's thread works on: wait until every one of them is free.
    count = threads._POOL._max_workers
    all_free = Barrier(count)

    def let_go() -> None:
        all_free.wait()
        connections.close_all()

    await asyncio.gather(*(threads.in_database(let_go) for _ in range(count)))
    await sync_to_async(connections.close_all)()


@pytest.fixture
def evening(transactional_db: None, hubs: None) -> Evening:
    """Return a session that begins now, with nobody in its room yet."""
    return an_evening()
