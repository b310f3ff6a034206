"""Feeds are served by a fixed number of threads, which keep their database connection."""

from __future__ import annotations

import asyncio
from threading import Barrier, current_thread, main_thread
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.cache import cache
from django.db import connection
from django.db.backends.signals import connection_created

from calendars.rendering.subscription import FRAGMENTS
from config.calendar_endpoint import PREFIX, THREADS, calendars_at
from config.logs import RedactingFormatter
from tests import make
from tests.support.calendar_client import subscribe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import Thread

    from django.db.backends.base.base import BaseDatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)


class Answer(NamedTuple):
    """A response; header names are in lower case."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def _pages(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    """Stand for the rest of the site."""
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


class Endpoint:
    """The application under test, and the connections that its threads have opened."""

    def __init__(self) -> None:
        self.application = calendars_at(PREFIX, _pages)
        self.opened: list[BaseDatabaseWrapper] = []
        self.threads: set[Thread] = set()

    def note(self, connection: BaseDatabaseWrapper, **_about: object) -> None:
        """Remember a connection that a thread of the endpoint has just opened."""
        if current_thread() is not main_thread():
            self.opened.append(connection)
            self.threads.add(current_thread())

    def ask(
        self, path: str, *, times: int = 1, method: str = "GET", **headers: str
    ) -> list[Answer]:
        """Send as many requests at once."""

        async def all_at_once() -> list[Answer]:
            return await asyncio.gather(*(self._ask(path, method, headers) for _ in range(times)))

        return asyncio.run(all_at_once())

    async def _ask(self, path: str, method: str, headers: dict[str, str]) -> Answer:
        named = [(name.replace("_", "-").encode(), it.encode()) for name, it in headers.items()]
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1"), *named],
            "client": ("127.0.0.1", 5000),
        }
        asked = ApplicationCommunicator(self.application, scope)
        start = await asked.receive_output(10)
        body = await asked.receive_output(10)
        assert not body.get("more_body")
        await asked.wait(10)
        named_answer = {name.lower(): text for name, text in start["headers"]}
        assert len(named_answer) == len(start["headers"])
        return Answer(start["status"], named_answer, body["body"])

    def cut(self) -> None:
        """Close the connections below the threads, as a restarted database does."""
        for wrapper in self.opened:
            if wrapper.connection:
                wrapper.connection.close()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    FRAGMENTS.clear()
    made = Endpoint()
    connection_created.connect(made.note)
    yield made
    connection_created.disconnect(made.note)
    made.cut()


@pytest.fixture
def address() -> str:
    """Return the path of a feed with one session."""
    bo, group = make.person("bo"), make.group()
    make.membership(bo, group)
    make.occurrence(group)
    return subscribe(bo)


def test_a_calendar_is_answered_here_and_everything_else_is_passed_on(
    endpoint: Endpoint, address: str
) -> None:
    (calendar,) = endpoint.ask(address)
    assert calendar.status == 200
    assert calendar.body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert endpoint.ask("/desk/") == [Answer(418, {}, b"/desk/")]
    assert endpoint.ask("/c") == [Answer(418, {}, b"/c")]


def test_the_headers_are_those_of_the_site_without_a_cookie_or_a_language(
    endpoint: Endpoint, address: str
) -> None:
    (answer,) = endpoint.ask(address, cookie="session=x; language=sk", accept_language="sk")
    assert answer.headers[b"content-type"] == b"text/calendar; charset=utf-8"
    assert answer.headers[b"content-length"] == str(len(answer.body)).encode()
    assert answer.headers[b"x-content-type-options"] == b"nosniff"
    assert answer.headers[b"permissions-policy"]
    assert answer.headers[b"vary"] == b"Accept-Encoding"
    assert b"set-cookie" not in answer.headers
    assert b"content-language" not in answer.headers


def test_a_program_that_has_it_gets_a_304_and_a_head_no_body(
    endpoint: Endpoint, address: str
) -> None:
    (answer,) = endpoint.ask(address)
    etag = answer.headers[b"etag"].decode()
    assert [one[0::2] for one in endpoint.ask(address, if_none_match=etag)] == [(304, b"")]
    (head,) = endpoint.ask(address, method="HEAD")
    assert (head.status, head.headers[b"etag"].decode()) == (200, etag)
    assert head.headers[b"content-length"] == str(len(answer.body)).encode()


def test_an_unknown_address_is_missing_and_other_methods_are_refused(
    endpoint: Endpoint, address: str
) -> None:
    for path in (f"/c/{'x' * 43}.ics", "/c/", "/c/no-extension"):
        (answer,) = endpoint.ask(path)
        assert (answer.status, answer.body) == (404, b"There is no such calendar.\n")
    assert endpoint.ask(address, method="POST")[0].status == 405


def test_many_polls_take_as_many_connections_as_there_are_threads(
    endpoint: Endpoint, address: str
) -> None:
    for _round in range(3):
        cache.clear()
        assert {one.status for one in endpoint.ask(address, times=8)} == {200}
    assert len(endpoint.opened) <= THREADS
    assert len(endpoint.threads) <= THREADS


def test_polls_are_answered_in_all_threads_at_once(
    endpoint: Endpoint, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = Barrier(THREADS, timeout=10)
    monkeypatch.setattr("calendars.views.polling.client_family", lambda _agent: together.wait())
    assert {one.status for one in endpoint.ask(address, times=THREADS)} == {200}


def test_a_lost_connection_is_opened_again_and_the_next_poll_is_served(
    endpoint: Endpoint, address: str
) -> None:
    (before,) = endpoint.ask(address)
    number = len(endpoint.opened)
    endpoint.cut()
    if connection.vendor == "sqlite":  # a file is never lost in life; Django notices afterwards
        endpoint.ask(address, times=THREADS)
    (after,) = endpoint.ask(address)
    assert (after.status, after.body) == (200, before.body)
    assert len(endpoint.opened) > number


@pytest.mark.postgres
def test_a_database_that_hangs_up_by_itself_is_asked_again(
    endpoint: Endpoint, address: str
) -> None:
    endpoint.ask(address, times=4)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert {one.status for one in endpoint.ask(address, times=4)} == {200}


def test_while_the_database_is_away_a_program_is_told_to_come_back_and_then_served(
    endpoint: Endpoint,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    away = {"NAME": "/nowhere/at/all"} if connection.vendor == "sqlite" else {"PORT": "1"}
    with monkeypatch.context() as gone:
        for name, value in away.items():
            gone.setitem(connection.settings_dict, name, value)
        (answer,) = endpoint.ask(address)
        assert answer.status == 500
        assert b"BEGIN" not in answer.body
    token = address.removeprefix("/c/").removesuffix(".ics")
    lines = [RedactingFormatter("{message}", style="{").format(record) for record in caplog.records]
    assert any("/c/…" in line for line in lines)
    assert token not in "\n".join(lines)
    assert endpoint.ask(address)[0].status == 200
