from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from limits.storage import RedisStorage

from accounts import rate_limit
from accounts.rate_limit import CacheStorage, RateLimit
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = make.FRIDAY
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield
    rate_limit.LOCAL.storage.reset()


@pytest.fixture
def _redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the cache be a Redis that is not there: port 1 answers nobody."""
    away = RedisStorage("redis://127.0.0.1:1")
    monkeypatch.setattr(rate_limit, "SHARED", rate_limit.limiter(away))


def test_as_many_calls_as_agreed_are_welcome_and_the_next_one_waits_for_the_next_window() -> None:
    three = RateLimit("test", calls=3, per=MINUTE)
    assert [three.wait("bo", NOW + timedelta(seconds=20)) for _ in range(5)] == [0, 0, 0, 40, 40]
    assert three.wait("amina", NOW) == 0
    assert three.wait("bo", NOW + MINUTE) == 0


def test_two_processes_that_share_a_cache_count_together() -> None:
    here, there = (RateLimit("test", calls=3, per=MINUTE) for _process in range(2))
    assert [one.wait("bo", NOW) for one in (here, there, here)] == [0, 0, 0]
    assert there.wait("bo", NOW) > 0


def test_no_call_is_lost_when_many_come_at_once() -> None:
    some = RateLimit("test", calls=40, per=MINUTE)
    with ThreadPoolExecutor(8) as crowd:
        waits = list(crowd.map(lambda _call: some.wait("bo", NOW), range(100)))
    assert waits.count(0) == 40


def test_a_forgiven_call_is_not_counted() -> None:
    one = RateLimit("test", calls=1, per=MINUTE)
    for _call in range(3):
        assert one.wait("bo", NOW) == 0
        one.refund("bo", NOW)


@pytest.mark.usefixtures("_redis_is_away")
def test_while_the_redis_is_away_each_process_counts_alone_and_says_so_without_a_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    two = RateLimit("test", calls=2, per=MINUTE)
    with caplog.at_level(logging.WARNING):
        assert [two.wait("secret", NOW) for _ in range(3)] == [0, 0, 60]
    assert "counting alone" in caplog.text
    assert "secret" not in caplog.text


def test_no_counter_is_thrown_away_because_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    options = settings.CACHES["default"]["OPTIONS"]
    if not settings.REDIS_URL:
        storage = CacheStorage(LocMemCache("many", {"OPTIONS": options}))
        monkeypatch.setattr(rate_limit, "SHARED", rate_limit.limiter(storage))
    one = RateLimit("test", calls=1, per=MINUTE)
    people = [f"person-{number}" for number in range(1_000)]
    assert {one.wait(who, NOW) for who in people} == {0}
    assert {one.wait(who, NOW) for who in people} == {60}


@pytest.mark.redis
def test_what_one_process_counted_in_redis_another_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    one = RateLimit("test", calls=1, per=MINUTE)
    assert one.wait("bo", NOW) == 0
    other_process = rate_limit.limiter(RedisStorage(settings.REDIS_URL))
    monkeypatch.setattr(rate_limit, "SHARED", other_process)
    assert one.wait("bo", NOW) > 0


def test_memory_stays_bounded_and_holds_50000_counters_while_redis_is_away() -> None:
    few = CacheStorage(LocMemCache("few", {"OPTIONS": {"MAX_ENTRIES": 100}}))
    for number in range(1_000):
        few.incr(f"person-{number}", 60)
    assert sum(few.get(f"person-{number}") for number in range(1_000)) <= 100
    local = rate_limit.LOCAL.storage
    for number in range(1_000):
        local.incr(f"person-{number}", 60)
    assert sum(local.get(f"person-{number}") for number in range(1_000)) == 1_000
