from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import icalendar
import make
import pytest
import time_machine

from scheduler.models import Feed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import House

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def _make_address(house: House) -> str:
    page = house.browser(house.bo).post("/mine/calendar/", {"label": "phone"}).content.decode()
    address = page.split('id="secret-value" value="')[1].split('"')[0]
    return address.removeprefix("http://127.0.0.1:8000")


def test_an_address_is_shown_once_and_never_kept(house: House) -> None:
    address = _make_address(house)
    assert address.startswith("/c/")
    assert address.endswith(".ics")
    assert len(address) <= 100 - len("https://a-long-host-name.example.org")
    again = house.browser(house.bo).get("/mine/calendar/").content.decode()
    token = address.removeprefix("/c/").removesuffix(".ics")
    assert token not in again
    assert token not in str(Feed.objects.values().get())


def test_whoever_has_the_address_reads_when_and_nothing_else(house: House) -> None:
    occurrence = make.occurrence(house.group, starts_at=NOW + timedelta(days=2))
    answer = house.browser(None).get(_make_address(house))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.start == occurrence.starts_at
    assert event["SUMMARY"] == "Session"
    assert "lamp" not in answer.content.decode()
    assert not answer.cookies


def test_an_unchanged_calendar_is_not_sent_twice(house: House) -> None:
    make.occurrence(house.group, starts_at=NOW + timedelta(days=2))
    address = _make_address(house)
    etag = house.browser(None).get(address).headers["ETag"]
    assert house.browser(None).get(address, headers={"If-None-Match": etag}).status_code == 304


def test_an_ended_address_shows_nothing_more(house: House) -> None:
    make.occurrence(house.group, starts_at=NOW + timedelta(days=2))
    address = _make_address(house)
    house.browser(house.bo).post(f"/mine/calendar/{Feed.objects.get().pk}/end/")
    answer = house.browser(None).get(address)
    assert answer.status_code == 410
    assert b"VEVENT" not in answer.content


def test_an_unknown_address_is_missing(house: House) -> None:
    assert house.browser(None).get(f"/c/{'x' * 43}.ics").status_code == 404
