"""A call whose people are at two web processes: the one introduces, the other takes rights away."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.chaos.room_harness import Redis, Web, a_database
from tests.journeys.browsers import Hall, admit_all
from tests.journeys.media_probe import CHEAT, FAKE_DEVICES, Caller
from tests.journeys.server_calls import running_media_servers
from tests.support import server_process
from tests.support.chromium import a_browser
from tests.support.tcp_proxy import Relay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser  # it has a database and a Redis of its own


@pytest.fixture(params=["mesh", "janus"])
def halls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Hall, Hall]]:
    """Serve one room from two processes; each hall leads to one of them."""
    with ExitStack() as stack:
        database = stack.enter_context(a_database())
        redis = Redis(tmp_path)
        stack.callback(redis.kill)
        *_, settings = stack.enter_context(running_media_servers(tmp_path))
        settings |= {"COMMONHOUR_MEDIA": request.param}
        settings |= {"DATABASE_URL": database, "REDIS_URL": redis.url}
        env = server_process.environment(tmp_path, **settings)
        for words in (
            ["migrate", "-v", "0"],
            ["shell", "-v", "0", "-c", "import tests.support.seed_server"],
        ):
            done = server_process.manage(*words, env=env)
            assert done.returncode == 0, done.stderr
        browser = stack.enter_context(a_browser(*FAKE_DEVICES))
        webs = [stack.enter_context(closing(Web(env))) for _ in range(2)]
        lines = [stack.enter_context(closing(Relay(web.port))) for web in webs]
        first, second = (Hall(browser, line, json.loads(done.stdout)) for line in lines)
        yield first, second


def test_people_at_two_processes_hear_each_other_and_are_muted_across(
    halls: tuple[Hall, Hall], request: pytest.FixtureRequest
) -> None:
    amina, bo = (Caller(hall, name) for hall, name in zip(halls, ("amina", "bo"), strict=True))
    for caller in (amina, bo):
        caller.comes()
    admit_all(amina.page)
    for caller in (amina, bo):
        caller.joins()
        caller.speaks()
    assert amina.hears(bo)
    assert bo.hears(amina)

    amina.mutes_all()
    expect(bo.page.locator("[data-call-news]")).to_contain_text("muted you")
    before = amina.arrived()
    bo.page.evaluate(CHEAT)
    if "janus" in request.node.name:
        bo.sends(8000)  # two seconds of a voice
        assert amina.arrived() - before < 600, "his own process keeps Janus from passing it on"
    # That what still arrives through a mesh is not played is tested in test_calls.py.
    assert not amina.of(bo)["is_played"]
    assert bo.hears(amina)

    amina.allows_microphones()
    bo.speaks()
    assert amina.hears(bo)
    assert [problem for hall in halls for problem in hall.problems] == []
