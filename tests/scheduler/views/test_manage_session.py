from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from civiltime.recurrence import Rule
from scheduler.actions import schedule
from scheduler.models import Membership, Occurrence, ScheduleChange
from tests import make
from tests.support.page_text import words

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY


@pytest.fixture
def first(site: Site) -> Occurrence:
    schedule.create_series(
        by=site.amina, group=site.group, first_local=datetime(2026, 6, 9, 18, 0),
        rule=Rule.parse("FREQ=WEEKLY"), duration_minutes=60, now=NOW,
    )  # fmt: skip
    return site.group.occurrences.order_by("starts_at")[0]


def test_every_operation_is_at_most_two_clicks_from_the_page_of_the_group(
    site: Site, first: Occurrence
) -> None:
    browser = site.browser(site.amina)
    near = browser.get(f"/g/{site.group.key}/manage/").content.decode()
    assert f'href="/s/{first.key}/manage/"' in near
    for one_click in ("add/", "history/"):
        assert f'href="/g/{site.group.key}/manage/{one_click}"' in near
    page = browser.get(f"/s/{first.key}/manage/").content.decode()
    for verb in ("move", "cancel", "following"):
        assert f'href="/s/{first.key}/{verb}/"' in page
    for verb in ("length", "lead"):
        assert f'action="/s/{first.key}/{verb}/"' in page


def test_a_session_is_shortened_on_its_page(site: Site, first: Occurrence) -> None:
    browser = site.browser(site.amina)
    browser.post(f"/s/{first.key}/length/", {"duration_minutes": 30, "reason": "a short one"})
    first.refresh_from_db()
    assert first.minutes == 30
    page = words(browser.get(f"/s/{first.key}/manage/"))
    assert "Length changed Tue 9 June 18:00, 60 minutes → Tue 9 June 18:00, 30 minutes" in page
    assert "a short one" in page


def test_a_length_beyond_the_limits_says_so(site: Site, first: Occurrence) -> None:
    browser = site.browser(site.amina)
    page = words(browser.post(f"/s/{first.key}/length/", {"duration_minutes": 5}))
    assert "greater than or equal to 10" in page


def test_another_facilitator_is_chosen_by_alias_and_a_member_is_not_offered(
    site: Site, first: Occurrence
) -> None:
    dara = make.membership(
        make.person("dara"), site.group, alias="North wind", role=Membership.Role.CO_FACILITATOR
    )
    browser = site.browser(site.amina)
    page = browser.get(f"/s/{first.key}/manage/").content.decode()
    assert "North wind" in page
    assert "Harbour light" not in page
    browser.post(f"/s/{first.key}/lead/", {"membership": dara.pk})
    first.refresh_from_db()
    assert first.substitute == dara
    member = site.group.memberships.get(person=site.bo)
    browser.post(f"/s/{first.key}/lead/", {"membership": member.pk})
    first.refresh_from_db()
    assert first.substitute == dara


def test_an_extra_session_is_added_on_the_clock_of_the_group(site: Site) -> None:
    extra = {"on": "2026-06-06", "starts": "09:00", "duration_minutes": 45}
    answer = site.browser(site.amina).post(f"/g/{site.group.key}/manage/add/", extra, follow=True)
    assert "Added: tomorrow, 10:00." in words(answer)
    assert Occurrence.objects.get().starts_at == datetime(2026, 6, 6, 7, 0, tzinfo=UTC)


def test_the_history_says_who_by_alias_when_what_and_why_newest_first(
    site: Site, first: Occurrence
) -> None:
    schedule.cancel_occurrence(
        by=site.amina, occurrence=first, reason="a holiday", now=NOW + timedelta(minutes=1)
    )
    page = words(site.browser(site.amina).get(f"/g/{site.group.key}/manage/history/"))
    assert "Cancelled Tue 9 June 18:00, 60 minutes a holiday 5 June 2026 14:01 · Amina" in page
    assert page.index("Cancelled") < page.index("Time added Every week on Tuesday at 18:00")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_history_asks_the_database_as_often_for_three_as_for_one(
    site: Site, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _one in range(rows):
        ScheduleChange.objects.create(
            group=site.group, kind=ScheduleChange.Kind.CANCELLED, by=site.amina, at=NOW,
            occurrence=make.occurrence(site.group),
        )  # fmt: skip
    browser = site.browser(site.amina)
    with django_assert_num_queries(7):
        browser.get(f"/g/{site.group.key}/manage/history/")


def test_the_last_change_is_undone_from_the_history_and_only_once(
    site: Site, first: Occurrence
) -> None:
    schedule.cancel_occurrence(by=site.amina, occurrence=first, reason="", now=NOW)
    browser = site.browser(site.amina)
    assert "Undo the last change" in words(browser.get(f"/g/{site.group.key}/manage/history/"))
    page = words(browser.post(f"/g/{site.group.key}/manage/undo/", follow=True))
    first.refresh_from_db()
    assert not first.is_cancelled
    assert "Undo the last change" not in page
    again = words(browser.post(f"/g/{site.group.key}/manage/undo/", follow=True))
    assert "There is nothing to undo" in again


def test_nothing_is_offered_for_a_session_that_has_begun(site: Site) -> None:
    begun = make.occurrence(site.group, starts_at=NOW - timedelta(minutes=5))
    page = site.browser(site.amina).get(f"/s/{begun.key}/manage/").content.decode()
    assert "<form" not in page.split("<main")[1].split("</main>")[0]
