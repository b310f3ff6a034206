"""Validators, caching headers and limits of feeds over HTTP."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import override_settings
from django.utils.http import http_date
from limits.storage import RedisStorage

from accounts import rate_limit
from calendars.actions import feeds
from calendars.models import Feed
from calendars.rendering.subscription import FRAGMENTS
from scheduler.actions import memberships, schedule
from scheduler.models import Group
from tests import make
from tests.support.calendar_client import etag_of, events, fetch, subscribe

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

    from scheduler.models import Occurrence
    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY


def _validators(answer: HttpResponse) -> dict[str, str]:
    return {"If_None_Match": answer["ETag"], "If_Modified_Since": answer["Last-Modified"]}


def _days_later(days: int) -> time_machine.travel:
    return time_machine.travel(NOW + timedelta(days=days), tick=False)


def test_the_validator_is_the_hash_of_the_bytes(site: Site, session: Occurrence) -> None:
    answer = fetch(subscribe(site.bo))
    assert answer["ETag"] == etag_of(answer)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize("header", ["{}", "W/{}", '"other", {}', "*"])
def test_a_program_that_has_it_is_told_so_in_every_way_of_asking(
    site: Site, session: Occurrence, header: str
) -> None:
    address = subscribe(site.bo)
    first = fetch(address)
    again = fetch(address, If_None_Match=header.format(first["ETag"]))
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Last-Modified"] == first["Last-Modified"]
    assert again["Cache-Control"] == "private, no-cache"


def test_a_tag_goes_before_a_date(site: Site, session: Occurrence) -> None:
    address = subscribe(site.bo)
    date = fetch(address)["Last-Modified"]
    assert fetch(address, If_None_Match='"old"', If_Modified_Since=date).status_code == 200
    assert fetch(address, If_Modified_Since=date).status_code == 304


@pytest.mark.parametrize(
    "date", [http_date((NOW - timedelta(days=1)).timestamp()), "yesterday", ""]
)
def test_an_old_date_or_none_gets_the_calendar(site: Site, session: Occurrence, date: str) -> None:
    address = subscribe(site.bo)
    fetch(address)
    assert fetch(address, If_Modified_Since=date).status_code == 200


def test_an_unchanged_calendar_takes_two_queries_and_loads_no_session(
    site: Site, session: Occurrence, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = subscribe(site.bo)
    etag = fetch(address)["ETag"]
    with django_assert_num_queries(2) as asked:
        assert fetch(address, If_None_Match=etag).status_code == 304
    assert not any('."ends_at"' in query["sql"] for query in asked.captured_queries)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_calendar_asks_the_database_as_often_for_three_sessions_as_for_one(
    site: Site, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(rows):
        make.occurrence(site.group, starts_at=NOW + timedelta(days=place))
    address = subscribe(site.bo)
    fetch(address, If_None_Match='"nothing"')  # the day's first fetch is noted
    FRAGMENTS.clear()
    with django_assert_num_queries(
        5
    ):  # the feed, its summary, the revisions, the sessions, the person
        assert len(events(fetch(address))) == rows
    with django_assert_num_queries(3):  # and none of the sessions again
        assert len(events(fetch(address))) == rows


def test_every_change_reaches_a_program_that_has_the_calendar(
    site: Site, session: Occurrence
) -> None:
    membership = site.group.memberships.get(person=site.bo)
    address, seen = subscribe(site.bo, level=2), []

    def poll() -> None:
        answer = fetch(address, If_None_Match=seen[-1]["ETag"] if seen else "")
        assert answer.status_code == 200
        seen.append(answer)

    poll()
    schedule.move_occurrence(
        by=site.amina,
        occurrence=session,
        starts_local=session.starts_local + timedelta(hours=1),
        tz=session.tz,
        duration_minutes=60,
        reason="",
        now=NOW,
    )
    poll()
    schedule.cancel_occurrence(by=site.amina, occurrence=session, reason="", now=NOW)
    poll()
    schedule.restore_occurrence(by=site.amina, occurrence=session, now=NOW)
    poll()
    make.occurrence(site.group, starts_at=NOW + timedelta(days=3))
    poll()
    later = NOW + timedelta(seconds=9)
    memberships.set_calendar_name(membership=membership, own_name="Choir", now=later)
    poll()
    assert {event["LAST-MODIFIED"].dt for event in events(seen[-1])} == {later}
    Group.objects.filter(pk=site.group.pk).update(closed_at=NOW)
    poll()
    assert len({answer["ETag"] for answer in seen}) == len(seen)


def test_a_session_that_leaves_the_window_changes_tag_and_date(
    site: Site, session: Occurrence
) -> None:
    address = subscribe(site.bo)
    first = fetch(address)
    with _days_later(40):
        second = fetch(address, **_validators(first))
        assert events(second) == []
        assert second["Last-Modified"] > first["Last-Modified"]
    assert _last_modified(second) > _last_modified(first)


def test_a_day_on_which_nothing_changes_changes_no_byte(site: Site, session: Occurrence) -> None:
    address = subscribe(site.bo)
    first = fetch(address)
    with _days_later(1):
        assert fetch(address, If_None_Match=first["ETag"]).status_code == 304
        assert fetch(address).content == first.content


def _last_modified(answer: HttpResponse) -> str:
    lines = answer.content.decode().split("\r\n")
    return next(line for line in lines if line.startswith("LAST-MODIFIED:"))


def test_a_fetch_leaves_only_a_day_and_a_family_behind(site: Site, session: Occurrence) -> None:
    fetch(subscribe(site.bo), User_Agent="iOS/26.1 (23B85) dataaccessd/1.0")
    feed = Feed.objects.get()
    assert (feed.last_fetched_on, feed.client) == (NOW.date(), Feed.Client.APPLE)


def test_no_cookie_is_read_or_set_and_nobody_is_sent_elsewhere(
    site: Site, session: Occurrence, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = subscribe(site.bo)
    fetch(address)
    session_cookie = site.browser(site.chen).cookies["session"].OutputString()
    with django_assert_num_queries(3):  # a sign-in would cost two more
        answer = fetch(address, Cookie=session_cookie, Accept_Language="sk")
    assert not answer.cookies
    assert answer["Vary"] == "Accept-Encoding"
    assert "Content-Language" not in answer
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    assert "Content-Disposition" not in answer


def test_head_says_everything_but_the_calendar(site: Site, session: Occurrence) -> None:
    address = subscribe(site.bo)
    got, head = fetch(address), fetch(address, "head")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers


def test_other_methods_are_refused(site: Site) -> None:
    assert fetch(subscribe(site.bo), "post").status_code == 405


def test_compressed_bytes_are_the_same_calendar_under_a_weak_tag(
    site: Site, session: Occurrence
) -> None:
    address = subscribe(site.bo)
    plain, compressed = fetch(address), fetch(address, Accept_Encoding="br, gzip")
    assert compressed["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.content) == plain.content
    # Other bytes, and not the same ones each time: no strong validator (RFC 9110, 8.8.3.3).
    assert compressed["ETag"] == f"W/{plain['ETag']}"
    assert compressed["Vary"] == "Accept-Encoding"
    again = fetch(address, Accept_Encoding="br, gzip", If_None_Match=compressed["ETag"])
    assert (again.status_code, again["Vary"]) == (304, "Accept-Encoding")
    assert fetch(address, Accept_Encoding="gzip;q=0").content == plain.content


def test_asking_too_often_is_refused_with_the_time_to_wait(site: Site, session: Occurrence) -> None:
    address = subscribe(site.bo)
    assert {fetch(address).status_code for _ in range(30)} == {200}
    refused = fetch(address)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 600
    assert fetch(subscribe(site.bo)).status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        assert fetch(address).status_code == 200


def test_a_calendar_is_served_while_the_cache_that_counts_is_gone(
    site: Site,
    session: Occurrence,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    address = subscribe(site.bo)
    away = RedisStorage("redis://127.0.0.1:1")  # nobody answers there
    monkeypatch.setattr(rate_limit, "SHARED", rate_limit.limiter(away))
    answer = fetch(address)
    assert len(events(answer)) == 1
    assert "counting alone" in caplog.text
    token = address.removeprefix("/c/").removesuffix(".ics")
    assert token not in caplog.text
    assert feeds.hash_token(token) not in caplog.text


@override_settings(SECURE_SSL_REDIRECT=True)
def test_plain_http_is_refused_and_not_redirected(site: Site) -> None:
    answer = fetch(subscribe(site.bo))
    assert answer.status_code == 403
    assert "Location" not in answer


@override_settings(
    SECURE_SSL_REDIRECT=True, SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")
)
def test_https_is_served_in_production(site: Site) -> None:
    assert fetch(subscribe(site.bo), X_Forwarded_Proto="https").status_code == 200
