from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from scheduler.models import Occurrence, Seat
from tests import make
from tests.support.page_text import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

    from tests.support.site import Site

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY  # 14:00 in Copenhagen


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def session_in(site: Site, **ahead: float) -> Occurrence:
    return make.occurrence(site.group, starts_at=NOW + timedelta(**ahead))


def press(site: Site, occurrence: Occurrence, page: str = "/mine/", **given: str) -> HttpResponse:
    browser, referer = site.browser(site.bo), f"http://testserver{page}"
    return browser.post(
        f"/s/{occurrence.key}/seat/", given, headers={"Referer": referer}, follow=True
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_database_as_often_for_three_as_for_one(
    site: Site, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(rows):
        session_in(site, hours=place)
        make.series(site.group)
    browser = site.browser(site.bo)
    with django_assert_num_queries(10):
        page = browser.get("/mine/").content.decode()
    assert page.count('<li class="row') == rows


def test_sessions_stand_under_the_readers_days(site: Site) -> None:
    for hours in (1, 9.5, 10.5, 50, 300):  # 15:00, 23:30, 00:30, 16:00 and 02:00 in Copenhagen
        session_in(site, hours=hours)
    page = words(site.browser(site.bo).get("/mine/"))
    headings = [
        "Today Friday 5 June",
        "Tomorrow Saturday 6 June",
        "Sunday 7 June",
        "Thursday 18 June",
    ]
    places = [page.find(heading) for heading in headings]
    assert places == sorted(places)
    assert -1 not in places


def test_the_next_session_is_the_first_one_i_come_to(site: Site) -> None:
    session_in(site, hours=2)
    tomorrow = session_in(site, days=1)
    bo = site.group.memberships.get(person=site.bo)
    page = site.browser(site.bo).get("/mine/")
    assert page.context["next"].starts_at == NOW + timedelta(hours=2)
    make.seat(bo, tomorrow)
    page = site.browser(site.bo).get("/mine/")
    assert page.context["next"] == tomorrow
    assert "The room opens at 13:" in words(page)


@pytest.mark.parametrize("state", [Seat.State.DECLINED, Seat.State.WAITLISTED])
def test_what_i_cannot_come_to_is_not_my_next_session(site: Site, state: str) -> None:
    make.seat(site.group.memberships.get(person=site.bo), session_in(site, hours=2), state=state)
    Occurrence.objects.filter(pk=session_in(site, hours=3).pk).update(cancelled_at=NOW)
    assert site.browser(site.bo).get("/mine/").context["next"] is None


def test_a_session_that_is_on_is_joined_with_one_button(site: Site) -> None:
    occurrence = session_in(site, minutes=-5)
    make.seat(site.group.memberships.get(person=site.bo), occurrence)
    page = site.browser(site.bo).get("/mine/").content.decode()
    assert page.count("Join now") == 2  # large, and in its row
    assert 'aria-pressed="true"' not in page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"wait": "1"}, "You're coming on Sat 6 Jun, 15:00."),
        ({}, "You're coming on Sat 6 Jun, 15:00."),
        ({"decline": "1"}, "You're not coming on Sat 6 Jun, 15:00."),
    ],
)
def test_the_answer_names_day_and_hour_in_the_row(
    site: Site, given: dict[str, str], sentence: str
) -> None:
    occurrence = session_in(site, hours=25)
    session_in(site, hours=49)
    page = press(site, occurrence, **given)
    assert page.redirect_chain == [(f"/mine/#session-{occurrence.key}", 302)]
    toast = f"<span>{sentence}</span></p></div>".replace("'", "&#x27;")
    assert page.content.decode().count(toast) == 1
    assert '<p class="notice' not in page.content.decode()


def test_the_answer_of_a_full_session_is_the_waiting_list(site: Site) -> None:
    occurrence = session_in(site, hours=25)
    Occurrence.objects.filter(pk=occurrence.pk).update(capacity=1)
    make.seat(make.membership(make.person(), site.group), occurrence)
    assert "The last place was just taken" in words(press(site, occurrence))
    assert "on the waiting list for Sat 6 Jun, 15:00" in words(press(site, occurrence, wait="1"))


def test_a_button_leads_back_to_the_page_that_it_was_on(site: Site) -> None:
    occurrence = session_in(site, hours=25)
    answer = press(site, occurrence, "/mine/?page=1", wait="1")
    assert answer.redirect_chain == [(f"/mine/?page=1#session-{occurrence.key}", 302)]


def test_a_session_that_is_over_is_refused_at_the_top_of_the_page(site: Site) -> None:
    page = press(site, session_in(site, hours=-3), wait="1")
    assert '<p class="notice notice--error">' in page.content.decode()


def test_coming_every_time_is_said_with_its_rule(site: Site) -> None:
    series = make.series(site.group, first_local=datetime(2026, 6, 9, 18))
    address = f"/g/{site.group.key}/recurring-seat/{series.pk}/"
    browser = site.browser(site.bo)
    page = words(browser.post(address, follow=True))
    assert "You're coming every time: Every week on Tuesday at 18:00." in page
    assert "no longer come every time" in words(browser.post(address, {"end": "1"}, follow=True))


def test_nothing_planned_says_what_comes_next(site: Site) -> None:
    assert "Nothing planned yet" in words(site.browser(site.chen).get("/mine/"))
