from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

from accounts import rate_limit
from accounts.rate_limit import Pace
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = make.FRIDAY
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield
    rate_limit.ALONE.clear()


@pytest.fixture
def _cache_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the cache be a Redis that is not there: port 1 answers nobody."""
    monkeypatch.setattr(rate_limit, "cache", RedisCache("redis://127.0.0.1:1", {}))


def test_as_many_calls_as_agreed_are_welcome_and_the_next_one_waits_for_the_next_window() -> None:
    three = Pace("test", calls=3, per=MINUTE)
    assert [three.wait("bo", NOW + timedelta(seconds=20)) for _ in range(5)] == [0, 0, 0, 40, 40]
    assert three.wait("amina", NOW) == 0
    assert three.wait("bo", NOW + MINUTE) == 0


def test_two_processes_that_share_a_cache_count_together() -> None:
    here, there = (Pace("test", calls=3, per=MINUTE) for _process in range(2))
    assert [one.wait("bo", NOW) for one in (here, there, here)] == [0, 0, 0]
    assert there.wait("bo", NOW) > 0


def test_no_call_is_lost_when_many_come_at_once() -> None:
    some = Pace("test", calls=40, per=MINUTE)
    with ThreadPoolExecutor(8) as crowd:
        waits = list(crowd.map(lambda _call: some.wait("bo", NOW), range(100)))
    assert waits.count(0) == 40


def test_a_forgiven_call_is_not_counted() -> None:
    one = Pace("test", calls=1, per=MINUTE)
    for _call in range(3):
        assert one.wait("bo", NOW) == 0
        one.forgive("bo", NOW)


@pytest.mark.usefixtures("_cache_is_gone")
def test_while_the_cache_is_gone_each_process_counts_alone_and_says_so_without_a_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    two = Pace("test", calls=2, per=MINUTE)
    with caplog.at_level(logging.WARNING):
        assert [two.wait("secret", NOW) for _ in range(3)] == [0, 0, 60]
    assert "counting alone" in caplog.text
    assert "secret" not in caplog.text


def test_no_counter_is_thrown_away_because_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    options = settings.CACHES["default"]["OPTIONS"]
    if not settings.REDIS_URL:
        monkeypatch.setattr(rate_limit, "cache", LocMemCache("many", {"OPTIONS": options}))
    one = Pace("test", calls=1, per=MINUTE)
    people = [f"person-{number}" for number in range(1_000)]
    assert {one.wait(who, NOW) for who in people} == {0}
    assert {one.wait(who, NOW) for who in people} == {60}


@pytest.mark.redis
def test_what_one_process_counted_in_redis_another_sees() -> None:
    other = RedisCache(settings.REDIS_URL, {})
    one = Pace("test", calls=1, per=MINUTE)
    assert one.wait("bo", NOW) == 0
    assert other.get(one._key("bo", NOW)) == 1
    assert one.wait("bo", NOW) > 0
