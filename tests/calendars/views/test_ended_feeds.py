"""How a calendar address ends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from calendars.actions import feeds
from calendars.models import Feed
from scheduler.actions import memberships
from tests import make
from tests.support.calendar_client import events, fetch, subscribe

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from scheduler.models import Occurrence
    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY


def _days_later(days: int) -> time_machine.travel:
    return time_machine.travel(NOW + timedelta(days=days), tick=False)


def test_an_ended_address_says_so_for_thirty_days_and_then_it_is_gone(
    site: Site, session: Occurrence
) -> None:
    address = subscribe(site.bo)
    fetch(address)
    feeds.revoke_feed(feed=Feed.objects.get(), now=NOW)
    ended = fetch(address)
    (event,) = events(ended)
    assert event["SUMMARY"] == "This calendar subscription has ended"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event.start == NOW.date()
    assert b"URL" not in ended.content
    assert fetch(address, If_None_Match=ended["ETag"]).status_code == 304
    with _days_later(29):
        assert fetch(address).content == ended.content
    with _days_later(30):
        assert fetch(address).status_code == 410


@pytest.mark.parametrize("token", ["x" * 43, "short", "with/slash", "g/", "o/x/en", "%00", "a b"])
def test_an_unknown_address_is_missing(site: Site, token: str) -> None:
    assert fetch(f"/c/{token}.ics").status_code == 404
    assert fetch("/c/").status_code == 404


def test_unknown_malformed_and_long_gone_addresses_cost_the_same_single_look(
    site: Site, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    gone = subscribe(site.bo)
    feeds.revoke_feed(feed=Feed.objects.get(), now=NOW - timedelta(days=31))
    for address, status in ((gone, 410), (f"/c/{'x' * 43}.ics", 404), ("/c/x.ics", 404)):
        with django_assert_num_queries(1):
            assert fetch(address).status_code == status


def test_leaving_and_being_removed_end_every_address(site: Site) -> None:
    addresses = [subscribe(site.bo), subscribe(site.bo, group=site.group)]
    memberships.leave_group(person=site.bo, group=site.group, now=NOW)
    for address in addresses:
        (event,) = events(fetch(address))
        assert "ended" in event["SUMMARY"]
