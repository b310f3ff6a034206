from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from accounts.models import Person
from civiltime.zones import zone
from scheduler.models import Group
from tests import make
from tests.support.page_text import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.site import Site

pytestmark = pytest.mark.django_db

SENTENCE = "On 25 October this group is at 06:00 for you, one hour later than usual."


@pytest.fixture(autouse=True)
def _a_fortnight_before() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 10, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def kitchen(site: Site) -> Site:
    """Let Amina's group meet on Sundays at 11:00 in Berlin, and Bo live in New York."""
    Group.objects.filter(pk=site.group.pk).update(tz=zone("Europe/Berlin"))
    site.group.refresh_from_db()
    make.series(site.group, first_local=datetime(2026, 1, 4, 11, 0))
    Person.objects.filter(pk=site.bo.pk).update(tz=zone("America/New_York"))
    return site


def test_a_member_reads_it_on_the_page_of_the_group_and_in_my_sessions(kitchen: Site) -> None:
    browser = kitchen.browser(kitchen.bo)
    assert SENTENCE in words(browser.get(kitchen.group.get_absolute_url()))
    assert f"Tuesday lamp · {SENTENCE}" in words(browser.get("/mine/"))


def test_who_lives_where_the_clocks_change_together_reads_nothing(kitchen: Site) -> None:
    Person.objects.filter(pk=kitchen.bo.pk).update(tz=zone("Europe/Copenhagen"))
    browser = kitchen.browser(kitchen.bo)
    for address in (kitchen.group.get_absolute_url(), "/mine/"):
        assert "Clocks change" not in words(browser.get(address))


def test_a_visitor_reads_it_for_the_zone_of_her_browser(kitchen: Site) -> None:
    Group.objects.filter(pk=kitchen.group.pk).update(is_listed=True)
    browser = Client()
    browser.cookies["tz"] = "America/New_York"
    assert SENTENCE in words(browser.get(kitchen.group.get_absolute_url()))


def test_who_facilitates_reads_counts_for_zones(kitchen: Site) -> None:
    page = kitchen.browser(kitchen.amina).get(f"/g/{kitchen.group.key}/manage/")
    assert "For one person elsewhere the hour moves too." in words(page)
    assert "New York" not in words(page)
    make.membership(make.person(tz="America/New_York"), kitchen.group)
    page = kitchen.browser(kitchen.amina).get(f"/g/{kitchen.group.key}/manage/")
    assert (
        "New York, 2 people: On 25 October it is 06:00 there, one hour later than usual."
        in words(page)
    )


def test_a_session_at_half_past_eleven_at_night_is_told_on_the_readers_day(kitchen: Site) -> None:
    make.series(kitchen.group, first_local=datetime(2026, 1, 4, 23, 30))
    Person.objects.filter(pk=kitchen.bo.pk).update(tz=zone("Asia/Kathmandu"))
    page = words(kitchen.browser(kitchen.bo).get(kitchen.group.get_absolute_url()))
    assert "From 26 October on this group is at 04:15 for you, one hour later than before." in page
