"""The cost of serving a feed, beside the same one built with icalendar on every request.

A member of eight groups has 300 sessions in their window. Each contestant answers the same request
in the same run, in processor time; rounds are interleaved and the best of each counts. ``_plain``
is without ``calendars.rendering.compiled_query``. Then a real process is polled by a thousand
different subscribers, at 200 requests a second, on SQLite or whatever DATABASE_URL names.
Rows: FIGURE, name, value, unit, separated by tabs.
"""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import tempfile
import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
FOLDER = tempfile.TemporaryDirectory(prefix="bench-feeds-")
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ |= {"COMMONHOUR_DATA_DIR": FOLDER.name, "DJANGO_SETTINGS_MODULE": "config.settings"}

import django

django.setup()

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from calendars.actions.feeds import create_feed, hash_token
from calendars.ical.document import CalendarProperties, assemble
from calendars.ical.event import derive_uid, render
from calendars.models import Feed
from calendars.rendering import compiled_query
from calendars.rendering.change_detection import scope_of, shown_sessions, summarise_feed
from calendars.rendering.session_rows import SessionRow, session_event
from calendars.rendering.subscription import FRAGMENTS
from calendars.views.polling import feed as serve_feed
from scheduler.models import Occurrence
from tests import make
from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from scheduler.models import Group

GROUPS = 8
SESSIONS = 300
SUBSCRIBERS = 1_000
RATE = 200  # requests a second
SECONDS = 20
ROUNDS = 9
PORT = 8881
_numbers = count()


def main() -> None:
    """Print every figure."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    figure("feeds.machine", machine, "text")
    figure("feeds.database", connection.vendor, "text")
    call_command("migrate", verbosity=0)
    groups = [create_group(number) for number in range(GROUPS)]
    token = create_feed(person=member(groups), label="", now=timezone.now()).token
    answer_one(token)
    measure_memory(token)
    tokens = [
        create_feed(person=member(groups[n % GROUPS :: 4]), label="", now=timezone.now()).token
        for n in range(SUBSCRIBERS)
    ]
    connection.close()
    asyncio.run(poll(tokens))


def create_group(number: int) -> Group:
    """Create a group with its share of the sessions, some cancelled."""
    group = make.group(f"Group {number}")
    first = timezone.now().replace(microsecond=0) - timedelta(days=29)
    step = timedelta(days=208) / (SESSIONS // GROUPS)
    starts = [
        first + place * step for place in range(SESSIONS // GROUPS + (number < SESSIONS % GROUPS))
    ]
    Occurrence.objects.bulk_create(session(group, at) for at in starts)
    return group


def session(group: Group, at: datetime) -> Occurrence:
    """Return one session that is not saved yet."""
    local = at.astimezone(group.tz).replace(tzinfo=None)
    founded = datetime(2026, 1, 1, tzinfo=UTC)
    return Occurrence(
        group=group,
        original_local=local,
        starts_local=local,
        tz=group.tz,
        starts_at=at,
        ends_at=at + timedelta(hours=1),
        created_at=founded,
        revised_at=founded,
        cancelled_at=founded if at.day == 13 else None,
    )


def member(groups: list[Group]) -> Person:
    """Create a person who belongs to these groups."""
    person = Person.objects.create(username=f"member-{next(_numbers)}")
    for group in groups:
        make.membership(person, group)
    return person


def answer_one(token: str) -> None:
    """Print the cost of each way to answer one request."""
    etag = fetch(token)["ETag"]
    Feed.objects.update(last_fetched_on=timezone.now().date(), client="other")
    contestants: dict[str, Callable[[], object]] = {
        "icalendar": lambda: built_each_time(request(), token),
        "cold": lambda: (FRAGMENTS.clear(), fetch(token)),
        "warm": lambda: fetch(token),
        "unchanged": lambda: fetch(token, etag),
        "warm_plain": lambda: fetch(token),
        "unchanged_plain": lambda: fetch(token, etag),
    }
    best = dict.fromkeys(contestants, float("inf"))
    for _round in range(ROUNDS):
        for name, answer in contestants.items():
            repeats = {"unchanged": 20, "warm": 10}.get(name.removesuffix("_plain"), 1)
            compiled_query.IS_ENABLED = not name.endswith("_plain")
            start = process_time()
            for _repeat in range(repeats):
                answer()
            best[name] = min(best[name], (process_time() - start) / repeats)
    compiled_query.IS_ENABLED = True
    assert fetch(token).content == built_each_time(request(), token).content  # noqa: S101
    figure("feeds.sessions", SESSIONS, "sessions")
    figure("feeds.body", len(fetch(token).content), "bytes")
    for name, seconds in best.items():
        figure(f"feeds.{name}", round(seconds * 1e3, 3), "ms of a core")
    figure("feeds.cold_cost", round(best["cold"] / best["icalendar"], 2), "times icalendar")
    for name in ("warm", "unchanged"):
        figure(f"feeds.{name}_gain", round(best["icalendar"] / best[name], 1), "times faster")
        figure(f"feeds.{name}_compiled_gain", round(best[f"{name}_plain"] / best[name], 2), "times")
    with CaptureQueriesContext(connection) as asked:
        assert fetch(token, etag).status_code == 304  # noqa: S101
    figure("feeds.unchanged_queries", len(asked), "queries")


def request(etag: str = "") -> HttpRequest:
    """Return the request of a calendar program."""
    headers = {"If-None-Match": etag} if etag else {}
    return RequestFactory().get("/c/x.ics", headers=headers)


def fetch(token: str, etag: str = "") -> HttpResponse:
    """Return the response of the view."""
    cache.clear()
    return serve_feed(request(etag), token)


def built_each_time(_request: HttpRequest, token: str) -> HttpResponse:
    """Return the response without a cache: every session loaded and written."""
    rows = Feed.objects.select_related("person", "group", "organisation")
    feed = rows.get(token_hash=hash_token(token))
    summary = summarise_feed(feed, now=timezone.now())
    written = []
    for one in shown_sessions(scope_of(feed, summary.window)).order_by("starts_at", "pk"):
        row = SessionRow(*(getattr(one, field) for field in SessionRow._fields))
        event = session_event(feed, row, summary.titles[one.group_id], summary.texts)
        written.append(render(event, summary.texts.phrases))
    uid = derive_uid(bytes.fromhex(feed.uid_key), "calendar")
    properties = CalendarProperties(
        uid=uid, name=summary.texts.name, revised_at=feed.changed_at or feed.created_at
    )
    body = assemble(properties, written)
    answer = HttpResponse(b"".join(body), content_type="text/calendar; charset=utf-8")
    answer.headers["ETag"] = body.etag
    return answer


def measure_memory(token: str) -> None:
    """Print the peak memory of one cold response, and what is kept of it."""
    FRAGMENTS.clear()
    tracemalloc.start()
    fetch(token)
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    figure("feeds.peak_memory", round(peak / 1024), "KiB")
    figure("feeds.kept_memory", round(now / 1024), "KiB")


async def poll(tokens: list[str]) -> None:
    """Fetch once for each subscriber, then poll at a steady rate with the ETags received."""
    env = server_process.environment(Path(FOLDER.name))
    if "DATABASE_URL" in os.environ:
        env["DATABASE_URL"] = os.environ["DATABASE_URL"]
    with server_process.serve(env, PORT) as server:
        server.wait_until_ready()
        tags: dict[str, str] = {}
        first = await paced(tokens, tags, rate=20)
        report("first", first)
        steady = [tokens[n % SUBSCRIBERS] for n in range(RATE * SECONDS)]
        before = cpu_seconds(server.process.pid)
        report("poll", await paced(steady, tags, rate=RATE))
        cost = (cpu_seconds(server.process.pid) - before) / len(steady)
        figure("feeds.poll_work", round(cost * 1e3, 2), "ms of a core")
        figure("feeds.server_memory", resident_mib(server.process.pid), "MiB")


async def paced(tokens: list[str], tags: dict[str, str], *, rate: int) -> list[float]:
    """Send requests at a steady rate, answered or not; return the waits in seconds, sorted."""
    start, waits = perf_counter(), []
    statuses: dict[int, int] = {}

    async def ask(number: int, token: str) -> None:
        due = start + number / rate
        await asyncio.sleep(max(0.0, due - perf_counter()))
        status = await exchange(token, tags)
        statuses[status] = statuses.get(status, 0) + 1
        waits.append(perf_counter() - due)

    await asyncio.gather(*(ask(number, token) for number, token in enumerate(tokens)))
    assert set(statuses) <= {200, 304}, statuses  # noqa: S101
    return sorted(waits)


async def exchange(token: str, tags: dict[str, str]) -> int:
    """Send one request on a connection of its own, as calendar programs do; return the status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    tag = f"If-None-Match: {tags[token]}\r\n" if token in tags else ""
    writer.write(
        f"GET /c/{token}.ics HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n{tag}"
        "Connection: close\r\n\r\n".encode()
    )
    answer = await reader.read()
    while chunk := await reader.read():
        answer += chunk
    writer.close()
    head = answer.partition(b"\r\n\r\n")[0].decode()
    for line in head.split("\r\n"):
        if line.lower().startswith("etag:"):
            tags[token] = line[5:].strip()
    return int(head.split()[1])


def report(name: str, waits: list[float]) -> None:
    """Print percentiles of the waits."""
    for share in (50, 95, 99):
        wait = waits[min(len(waits) - 1, len(waits) * share // 100)]
        figure(f"feeds.{name}_p{share}", round(wait * 1e3, 1), "ms")


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> int:
    """Return the memory of a process in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def figure(name: str, value: object, unit: str) -> None:
    """Print one row."""
    print("FIGURE", name, value, unit, sep="\t", flush=True)


if __name__ == "__main__":
    main()
