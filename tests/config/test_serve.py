from __future__ import annotations

import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connection

from config.management.commands.serve import TEXT_ONLY
from tests.support import server_process

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "seven quiet lanterns"
SIGNALS = [signal.SIGTERM, signal.SIGINT]


def full_environment(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a web process beside others, on this test's own database."""
    return server_process.environment(
        tmp_path, DATABASE_URL=database_url(), REDIS_URL=settings.REDIS_URL
    )


def database_url() -> str:
    parts = connection.settings_dict
    return f"postgres://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}"


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_one_process_answers_and_stops_without_a_word(
    tmp_path: Path, number: signal.Signals
) -> None:
    with server_process.serve(server_process.environment(tmp_path)) as server:
        assert server.get("/healthz") == (200, "alive\n")
        code, seconds, output = server.stop(number)
    assert code == 0
    assert seconds < 5
    assert output == f"Commonhour listens on {server.url}, in one process.\n{TEXT_ONLY}\n"


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_the_web_process_of_many_answers_and_stops(tmp_path: Path, number: signal.Signals) -> None:
    with_voice = full_environment(tmp_path) | {"COMMONHOUR_DIRECT_CALLS": "yes"}
    with server_process.serve(with_voice) as server:
        assert server.get("/healthz") == (200, "alive\n")
        code, seconds, output = server.stop(number)
    assert code == 0
    assert seconds < 5
    assert output == f"Commonhour listens on {server.url}, beside a worker and a beat.\n"


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_the_web_process_of_many_refuses_tables_of_yesterday(tmp_path: Path) -> None:
    # The maintenance database exists on every server and has none of our tables.
    empty = database_url().rpartition("/")[0] + "/template1"
    env = full_environment(tmp_path) | {"DATABASE_URL": empty}
    refused = server_process.manage("serve", "--port", str(server_process.free_port()), env=env)
    assert refused.returncode == 1
    assert "migrations behind. Run: python manage.py migrate" in refused.stderr


def test_the_clock_of_the_one_process_ticks(tmp_path: Path) -> None:
    with server_process.serve(server_process.environment(tmp_path)) as server:
        assert server.wait_until_ready()["checks"]["tick"]["age_seconds"] < 60


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_a_worker_and_a_beat_beside_the_web_process_tick_and_stop(tmp_path: Path) -> None:
    env = full_environment(tmp_path)
    with (
        server_process.serve(env) as server,
        server_process.celery("worker", "--pool", "solo", env=env) as worker,
        server_process.celery("beat", "--pidfile=", env=env) as beat,
    ):
        assert server.wait_until_ready()["checks"]["broker"] == {"ok": True, "vendor": "redis"}
        for process in (beat, worker):
            process.terminate()
            assert process.wait(timeout=server_process.ANSWER_SECONDS) == 0


def test_nothing_acknowledged_is_lost_when_the_one_process_is_killed(tmp_path: Path) -> None:
    env = server_process.environment(tmp_path)
    acknowledged: list[str] = []

    def sign_people_up(server: server_process.Server, letter: str) -> None:
        for number in count():
            try:
                person = {
                    "username": f"{letter}{number}",
                    "password": PASSWORD,
                    "tz": "Africa/Cairo",
                }
                if server_process.Visitor(server).submit("/sign-up/", **person) == "/sign-up/":
                    return
            except OSError:
                return
            acknowledged.append(person["username"])

    with server_process.serve(env) as server, ThreadPoolExecutor() as pool:
        writing = [pool.submit(sign_people_up, server, letter) for letter in "ab"]
        while len(acknowledged) < 6 and not all(writer.done() for writer in writing):
            time.sleep(0.01)
        server.process.kill()
    assert len(acknowledged) >= 6
    with server_process.serve(env) as server:
        for username in acknowledged:
            credentials = {"username": username, "password": PASSWORD}
            assert server_process.Visitor(server).submit("/sign-in/", **credentials) != "/sign-in/"


def test_a_port_in_use_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = server_process.manage(
            "serve", "--port", port, env=server_process.environment(tmp_path)
        )
    assert refused.returncode == 1
    assert refused.stderr == (
        f"CommandError: Cannot listen on 127.0.0.1, port {port}: another program is using it. "
        "Stop that one, or choose another port.\n"
    )
    assert not (tmp_path / "commonhour.sqlite3").exists()


def test_an_address_of_another_machine_is_told(tmp_path: Path) -> None:
    words = ("serve", "--host", "192.0.2.1", "--port", "0")
    refused = server_process.manage(*words, env=server_process.environment(tmp_path))
    assert refused.returncode == 1
    assert "this machine has no such address" in refused.stderr


@pytest.mark.parametrize(
    "url", ["postgres://nobody:a-secret@127.0.0.1:1/none", "sqlite:////proc/none/x.sqlite3"]
)
def test_a_database_that_cannot_be_had_is_told_without_its_password(
    tmp_path: Path, url: str
) -> None:
    env = server_process.environment(tmp_path, DATABASE_URL=url)
    refused = server_process.manage("serve", "--port", str(server_process.free_port()), env=env)
    assert refused.returncode == 1
    assert "The database cannot be used:" in refused.stderr
    assert "Check DATABASE_URL" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "a-secret" not in refused.stderr


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    env = server_process.environment(tmp_path / "file")
    refused = server_process.manage("serve", "--port", str(server_process.free_port()), env=env)
    assert refused.returncode == 1
    assert "COMMONHOUR_DATA_DIR: cannot write to" in refused.stderr
    assert "Traceback" not in refused.stderr
