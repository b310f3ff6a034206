"""Fixtures of chaos runs."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.chaos.room_harness import Installation, Redis, Web, a_database
from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with a_database() as database, ExitStack() as stack:
        redis = Redis(tmp_path)
        stack.callback(redis.kill)
        env = server_process.environment(tmp_path, DATABASE_URL=database, REDIS_URL=redis.url)
        for words in (
            ["migrate", "-v", "0"],
            ["shell", "-v", "0", "-c", "import tests.chaos.seed_room"],
        ):
            done = server_process.manage(*words, env=env, seconds=180)
            assert done.returncode == 0, done.stderr
        webs = [Web(env), Web(env)]
        for web in webs:
            stack.callback(web.close)
        yield Installation(webs, redis, database, json.loads(done.stdout))
