"""Fixtures of live rooms."""

from __future__ import annotations

import asyncio
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from sessions.live import database
from sessions.live.hub import RoomHub, _hubs
from sessions.media.janus.backend import CONNECTION_TASK
from tests.support.ws_client import LiveSession, disconnect_all, make_live_session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sessions.live.room_feed import RoomFeed


def _working(room: RoomFeed) -> list[asyncio.Task[None]]:
    tasks = (room._requests.worker, room._snapshots.worker, room._reader)
    return [task for task in tasks if task]


@pytest.fixture
async def hubs() -> AsyncIterator[None]:
    """Stop the tasks of a test's hub, and close the database connections of its threads."""
    yield
    await disconnect_all()
    hub = _hubs.pop(asyncio.get_running_loop(), None) or RoomHub()
    for room in hub.rooms.values():
        for subscriber in list(room.subscribers):
            subscriber.connection.abandon()
    connecting = [task for task in asyncio.all_tasks() if task.get_name() == CONNECTION_TASK]
    for loop in (*hub._loops, *connecting):
        loop.cancel()
    at_work = [task for room in hub.rooms.values() for task in _working(room)]
    await asyncio.gather(*hub._loops, *connecting, *hub._tasks, *at_work, return_exceptions=True)
    # The thread of a cancelled task goes on: wait until all are free.
    count = database._POOL._max_workers
    all_free = Barrier(count)

    def close_connections() -> None:
        all_free.wait()
        connections.close_all()

    await asyncio.gather(*(database.in_database(close_connections) for _ in range(count)))
    await sync_to_async(connections.close_all)()


@pytest.fixture
def live_session(transactional_db: None, hubs: None) -> LiveSession:
    """Return a session that starts now, with nobody in its room."""
    return make_live_session()
