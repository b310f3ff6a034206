from __future__ import annotations

import socket
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from civiltime.zones import TZ_VERSION
from notifications.models import Heartbeat

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import Settings


def test_a_living_process_says_so_without_its_database(client: Client) -> None:
    # No database mark: a query would fail this test.
    assert client.get("/healthz").content == b"alive\n"


@pytest.mark.django_db(transaction=True)
def test_all_that_answers_is_named_with_its_figures(client: Client) -> None:
    Heartbeat.objects.beat(timezone.now() - timedelta(seconds=5))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    body = answer.json()
    assert body["ready"] is True
    assert body["tz_database"] == TZ_VERSION
    assert {name: check["ok"] for name, check in body["checks"].items()} == {
        "database": True,
        "broker": True,
        "tick": True,
    }
    assert 5 <= body["checks"]["tick"]["age_seconds"] < 10


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_never_ticked_is_not_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["tick"] == {"ok": False, "why": "never ticked"}


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_stands_still_is_not_ready(client: Client) -> None:
    Heartbeat.objects.beat(timezone.now() - timedelta(minutes=2))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["tick"]["age_seconds"] >= 120


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_refuses_is_named_without_its_password(
    client: Client, settings: Settings
) -> None:
    settings.REDIS_URL = "redis://:a-secret@127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["broker"] == {"ok": False, "why": "ConnectionError"}
    assert "a-secret" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_never_answers_costs_two_seconds(client: Client, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        start = time.monotonic()
        answer = client.get("/readyz")
        seconds = time.monotonic() - start
    assert answer.json()["checks"]["broker"]["ok"] is False
    assert seconds < 4


def test_probes_are_not_kept_by_caches(client: Client) -> None:
    assert "no-store" in client.get("/healthz")["Cache-Control"]
