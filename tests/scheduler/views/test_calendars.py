from __future__ import annotations

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING

import make
import pytest
import time_machine
from calendars import etag_of, events, fetch, subscribe
from django.test import override_settings
from django.utils.http import http_date

from scheduler.actions import feeds, memberships, schedule, seats
from scheduler.calendars.subscription import FRAGMENTS
from scheduler.models import Feed, Group
from scheduler.recurrence import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import House
    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

    from scheduler.models import Occurrence

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    FRAGMENTS.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def session(house: House) -> Occurrence:
    return make.occurrence(house.group, starts_at=NOW + timedelta(days=2))


def _validators(answer: HttpResponse) -> dict[str, str]:
    return {"If_None_Match": answer["ETag"], "If_Modified_Since": answer["Last-Modified"]}


def _days_later(days: int) -> time_machine.travel:
    return time_machine.travel(NOW + timedelta(days=days), tick=False)


# What is in it


def test_whoever_has_the_address_reads_when_and_nothing_else(
    house: House, session: Occurrence
) -> None:
    answer = fetch(subscribe(house.bo))
    (event,) = events(answer)
    assert event.start == session.starts_at
    assert event.end == session.ends_at
    assert event["SUMMARY"] == "Session"
    text = answer.content.decode().lower()
    for secret in ("lamp", "harbour", "amina", "bo\n", house.group.key, session.key.lower()):
        assert secret not in text, secret


def test_the_window_is_thirty_days_back_and_a_hundred_and_eighty_ahead(house: House) -> None:
    for days in (-31, -29, 0, 179, 181):
        make.occurrence(house.group, starts_at=NOW + timedelta(days=days))
    starts = [event.start - NOW for event in events(fetch(subscribe(house.bo)))]
    assert [gap.days for gap in starts] == [-29, 0, 179]


def test_a_member_s_calendar_has_her_groups_and_nobody_else_s(house: House) -> None:
    make.occurrence(house.group)
    assert len(events(fetch(subscribe(house.bo)))) == 1
    assert events(fetch(subscribe(house.chen))) == []


@pytest.mark.parametrize("state", ["applied", "declined", "left", "removed"])
def test_who_does_not_belong_to_a_group_sees_nothing_of_it(house: House, state: str) -> None:
    make.occurrence(house.group)
    make.membership(house.chen, house.group, state=state)
    assert events(fetch(subscribe(house.chen))) == []


def test_one_group_s_calendar_has_that_group_alone(house: House) -> None:
    other = make.group("Elsewhere")
    make.membership(house.bo, other)
    make.occurrence(other, starts_at=NOW + timedelta(days=3))
    make.occurrence(house.group, starts_at=NOW + timedelta(days=2))
    (event,) = events(fetch(subscribe(house.bo, group=other)))
    assert event.start == NOW + timedelta(days=3)
    assert len(events(fetch(subscribe(house.bo)))) == 2


def test_nobody_makes_a_calendar_of_a_group_that_is_not_hers(house: House) -> None:
    with pytest.raises(Group.DoesNotExist):
        subscribe(house.chen, group=house.group)


def test_a_session_that_its_owner_said_no_to_is_left_out_and_comes_back(
    house: House, session: Occurrence
) -> None:
    address = subscribe(house.bo)
    first = fetch(address)
    seats.decline_seat(person=house.bo, occurrence=session, now=NOW)
    second = fetch(address, If_None_Match=first["ETag"])
    assert events(second) == []
    seats.take_seat(person=house.bo, occurrence=session, now=NOW)
    assert len(events(fetch(address, If_None_Match=second["ETag"]))) == 1


@pytest.mark.parametrize(("level", "title"), [(1, "Session"), (2, "Choir"), (3, "Tuesday lamp")])
def test_a_session_is_called_what_its_owner_chose(
    house: House, session: Occurrence, level: int, title: str
) -> None:
    membership = house.group.memberships.get(person=house.bo)
    memberships.name_for_calendar(membership=membership, own_name=" Choir ", now=NOW)
    (event,) = events(fetch(subscribe(house.bo, level=level)))
    assert event["SUMMARY"] == title


def test_a_group_without_an_own_name_stays_neutral(house: House, session: Occurrence) -> None:
    (event,) = events(fetch(subscribe(house.bo, level=2)))
    assert event["SUMMARY"] == "Session"


def test_two_members_calendars_cannot_be_matched_by_name_or_by_link(
    house: House, session: Occurrence
) -> None:
    (hers,), (his,) = (events(fetch(subscribe(who))) for who in (house.amina, house.bo))
    assert hers["UID"] != his["UID"]
    assert hers["URL"] != his["URL"]


def test_a_person_s_calendars_agree_on_a_session_s_name(house: House, session: Occurrence) -> None:
    (one,), (other,) = (events(fetch(subscribe(house.bo, level=level))) for level in (1, 3))
    assert one["UID"] == other["UID"]


def test_the_link_of_an_event_leads_its_owner_to_the_door_and_nobody_else(
    house: House, session: Occurrence
) -> None:
    (event,) = events(fetch(subscribe(house.bo)))
    path = str(event["URL"]).removeprefix("http://127.0.0.1:8000")
    assert house.browser(house.bo).get(path).headers["Location"] == session.get_absolute_url()
    assert house.browser(house.amina).get(path).status_code == 404
    assert house.browser(None).get(path).headers["Location"] == f"/sign-in/?next={path}"


def test_a_series_calendar_has_one_repeating_event_and_its_zone(house: House) -> None:
    series = schedule.found_series(
        by=house.amina,
        group=house.group,
        first_local=make.series(house.group).first_local.replace(day=9),
        rule=Rule.parse("FREQ=WEEKLY;BYDAY=TU"),
        duration_minutes=60,
        now=NOW,
    )
    address = subscribe(house.bo, profile=Feed.Profile.SERIES)
    (event,) = events(fetch(address))
    assert event["RRULE"]["BYDAY"] == ["TU"]
    assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Bratislava\r\n" in fetch(address).content
    third = series.occurrences.order_by("starts_at")[2]
    schedule.cancel_occurrence(by=house.amina, occurrence=third, reason="", now=NOW)
    _master, exception = events(fetch(address))
    assert exception["STATUS"] == "CANCELLED"
    assert exception["RECURRENCE-ID"].dt.replace(tzinfo=None) == third.original_local


def test_a_series_that_was_ended_stops_repeating(house: House) -> None:
    series = schedule.found_series(
        by=house.amina,
        group=house.group,
        first_local=make.series(house.group).first_local.replace(day=9),
        rule=Rule.parse("FREQ=WEEKLY;BYDAY=TU"),
        duration_minutes=60,
        now=NOW,
    )
    address = subscribe(house.bo, profile=Feed.Profile.SERIES)
    before = events(fetch(address))[0]
    assert "UNTIL" not in before["RRULE"]
    schedule.end_series(by=house.amina, series=series, now=NOW + timedelta(minutes=1))
    master, *cancelled = events(fetch(address))
    assert master["RRULE"]["UNTIL"][0] == series.occurrences.latest("starts_at").starts_at
    assert master["SEQUENCE"] > before["SEQUENCE"]
    assert master["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert {event["STATUS"] for event in cancelled} == {"CANCELLED"}


# How it travels


def test_the_validator_is_the_hash_of_the_bytes(house: House, session: Occurrence) -> None:
    answer = fetch(subscribe(house.bo))
    assert answer["ETag"] == etag_of(answer)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize("header", ["{}", "W/{}", '"other", {}', "*"])
def test_a_program_that_has_it_is_told_so_in_every_way_of_asking(
    house: House, session: Occurrence, header: str
) -> None:
    address = subscribe(house.bo)
    first = fetch(address)
    again = fetch(address, If_None_Match=header.format(first["ETag"]))
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Last-Modified"] == first["Last-Modified"]
    assert again["Cache-Control"] == "private, no-cache"


def test_a_tag_goes_before_a_date(house: House, session: Occurrence) -> None:
    address = subscribe(house.bo)
    date = fetch(address)["Last-Modified"]
    assert fetch(address, If_None_Match='"old"', If_Modified_Since=date).status_code == 200
    assert fetch(address, If_Modified_Since=date).status_code == 304


@pytest.mark.parametrize(
    "date", [http_date((NOW - timedelta(days=1)).timestamp()), "yesterday", ""]
)
def test_an_old_date_or_none_gets_the_calendar(
    house: House, session: Occurrence, date: str
) -> None:
    address = subscribe(house.bo)
    fetch(address)
    assert fetch(address, If_Modified_Since=date).status_code == 200


def test_an_unchanged_calendar_takes_two_queries_and_loads_no_session(
    house: House, session: Occurrence, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = subscribe(house.bo)
    etag = fetch(address)["ETag"]
    with django_assert_num_queries(2) as asked:
        assert fetch(address, If_None_Match=etag).status_code == 304
    assert not any('."ends_at"' in query["sql"] for query in asked.captured_queries)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_calendar_asks_the_database_as_often_for_three_sessions_as_for_one(
    house: House, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(rows):
        make.occurrence(house.group, starts_at=NOW + timedelta(days=place))
    address = subscribe(house.bo)
    fetch(address, If_None_Match='"nothing"')  # the day's first fetch is noted
    FRAGMENTS.clear()
    with django_assert_num_queries(5):  # the address, the look, what is shown, it, whose it is
        assert len(events(fetch(address))) == rows
    with django_assert_num_queries(3):  # and none of the sessions again
        assert len(events(fetch(address))) == rows


def test_every_change_reaches_a_program_that_has_the_calendar(
    house: House, session: Occurrence
) -> None:
    membership = house.group.memberships.get(person=house.bo)
    address, seen = subscribe(house.bo, level=2), []

    def look() -> None:
        answer = fetch(address, If_None_Match=seen[-1]["ETag"] if seen else "")
        assert answer.status_code == 200
        seen.append(answer)

    look()
    schedule.move_occurrence(
        by=house.amina,
        occurrence=session,
        starts_local=session.starts_local + timedelta(hours=1),
        tz=session.tz,
        duration_minutes=60,
        reason="",
        now=NOW,
    )
    look()
    schedule.cancel_occurrence(by=house.amina, occurrence=session, reason="", now=NOW)
    look()
    schedule.restore_occurrence(by=house.amina, occurrence=session, now=NOW)
    look()
    make.occurrence(house.group, starts_at=NOW + timedelta(days=3))
    look()
    later = NOW + timedelta(seconds=9)
    memberships.name_for_calendar(membership=membership, own_name="Choir", now=later)
    look()
    assert {event["LAST-MODIFIED"].dt for event in events(seen[-1])} == {later}
    Group.objects.filter(pk=house.group.pk).update(closed_at=NOW)
    look()
    assert len({answer["ETag"] for answer in seen}) == len(seen)


def test_a_session_that_leaves_the_window_changes_tag_and_date(
    house: House, session: Occurrence
) -> None:
    address = subscribe(house.bo)
    first = fetch(address)
    with _days_later(40):
        second = fetch(address, **_validators(first))
        assert events(second) == []
        assert second["Last-Modified"] > first["Last-Modified"]
    assert _cover_date(second) > _cover_date(first)


def test_a_day_on_which_nothing_changes_changes_no_byte(house: House, session: Occurrence) -> None:
    address = subscribe(house.bo)
    first = fetch(address)
    with _days_later(1):
        assert fetch(address, If_None_Match=first["ETag"]).status_code == 304
        assert fetch(address).content == first.content


def _cover_date(answer: HttpResponse) -> str:
    lines = answer.content.decode().split("\r\n")
    return next(line for line in lines if line.startswith("LAST-MODIFIED:"))


def test_a_fetch_leaves_only_a_day_and_a_family_behind(house: House, session: Occurrence) -> None:
    fetch(subscribe(house.bo), User_Agent="iOS/26.1 (23B85) dataaccessd/1.0")
    feed = Feed.objects.get()
    assert (feed.last_fetched_on, feed.client) == (NOW.date(), Feed.Client.APPLE)


def test_no_cookie_is_read_or_set_and_nobody_is_sent_elsewhere(
    house: House, session: Occurrence, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = subscribe(house.bo)
    fetch(address)
    browser = house.browser(house.chen)
    with django_assert_num_queries(3):  # a sign-in would cost two more
        answer = browser.get(address, headers={"Accept-Language": "sk"})
    assert not answer.cookies
    assert answer["Vary"] == "Accept-Encoding"
    assert "Content-Language" not in answer
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    assert "Content-Disposition" not in answer


def test_head_says_everything_but_the_calendar(house: House, session: Occurrence) -> None:
    address = subscribe(house.bo)
    got, head = fetch(address), fetch(address, "head")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers


def test_other_methods_are_refused(house: House) -> None:
    assert fetch(subscribe(house.bo), "post").status_code == 405


def test_squeezed_bytes_are_the_same_calendar_under_a_tag_of_their_own(
    house: House, session: Occurrence
) -> None:
    address = subscribe(house.bo)
    plain, squeezed = fetch(address), fetch(address, Accept_Encoding="br, gzip")
    assert squeezed["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed.content) == plain.content
    assert squeezed["ETag"] != plain["ETag"]
    assert not squeezed["ETag"].startswith("W/")
    again = fetch(address, Accept_Encoding="br, gzip", If_None_Match=squeezed["ETag"])
    assert again.status_code == 304
    assert fetch(address, Accept_Encoding="gzip;q=0").content == plain.content


def test_asking_too_often_is_refused_with_the_time_to_wait(
    house: House, session: Occurrence
) -> None:
    address = subscribe(house.bo)
    assert {fetch(address).status_code for _ in range(30)} == {200}
    refused = fetch(address)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 600
    assert fetch(subscribe(house.bo)).status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        assert fetch(address).status_code == 200


@override_settings(SECURE_SSL_REDIRECT=True)
def test_plain_http_is_refused_and_not_redirected(house: House) -> None:
    answer = fetch(subscribe(house.bo))
    assert answer.status_code == 403
    assert "Location" not in answer


@override_settings(
    SECURE_SSL_REDIRECT=True, SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")
)
def test_https_is_served_in_production(house: House) -> None:
    assert fetch(subscribe(house.bo), X_Forwarded_Proto="https").status_code == 200


# How it ends


def test_an_ended_address_says_so_for_thirty_days_and_then_it_is_gone(
    house: House, session: Occurrence
) -> None:
    address = subscribe(house.bo)
    fetch(address)
    feeds.revoke_feed(feed=Feed.objects.get(), now=NOW)
    farewell = fetch(address)
    (event,) = events(farewell)
    assert event["SUMMARY"] == "This calendar subscription has ended"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event.start == NOW.date()
    assert b"URL" not in farewell.content
    assert fetch(address, If_None_Match=farewell["ETag"]).status_code == 304
    with _days_later(29):
        assert fetch(address).content == farewell.content
    with _days_later(30):
        assert fetch(address).status_code == 410


@pytest.mark.parametrize("token", ["x" * 43, "short", "with/slash", "g/", "o/x/en", "%00", "a b"])
def test_an_unknown_address_is_missing(house: House, token: str) -> None:
    assert fetch(f"/c/{token}.ics").status_code == 404
    assert fetch("/c/").status_code == 404


def test_unknown_malformed_and_long_gone_addresses_cost_the_same_single_look(
    house: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    gone = subscribe(house.bo)
    feeds.revoke_feed(feed=Feed.objects.get(), now=NOW - timedelta(days=31))
    for address, status in ((gone, 410), (f"/c/{'x' * 43}.ics", 404), ("/c/x.ics", 404)):
        with django_assert_num_queries(1):
            assert fetch(address).status_code == status


def test_leaving_and_being_removed_end_every_address(house: House) -> None:
    addresses = [subscribe(house.bo), subscribe(house.bo, group=house.group)]
    memberships.leave_group(person=house.bo, group=house.group, now=NOW)
    for address in addresses:
        (event,) = events(fetch(address))
        assert "ended" in event["SUMMARY"]


# Public ones and single files


def test_a_listed_group_has_a_calendar_that_anyone_may_read(house: House) -> None:
    Group.objects.update(is_listed=True)
    session = make.occurrence(house.group, starts_at=NOW + timedelta(days=2))
    address = f"/c/g/{house.group.key}.ics"
    answer = fetch(address)
    (event,) = events(answer)
    assert event["SUMMARY"] == "Tuesday lamp"
    assert str(event["URL"]).endswith(session.get_absolute_url())
    assert fetch(address, If_None_Match=answer["ETag"]).status_code == 304
    for secret in ("Amina", "Harbour light", "bo"):
        assert secret not in answer.content.decode()


def test_a_group_that_is_no_longer_listed_looks_missing(house: House) -> None:
    address = f"/c/g/{house.group.key}.ics"
    assert fetch(address).status_code == 404
    Group.objects.update(is_listed=True)
    assert fetch(address).status_code == 200
    Group.objects.update(is_listed=False)
    assert fetch(address).status_code == 404


def test_an_organisation_has_a_calendar_in_each_language_of_its_listed_groups(
    house: House,
) -> None:
    slovak = make.group("Lampa", organisation=house.organisation, languages=("sk",))
    session = make.occurrence(slovak, starts_at=NOW + timedelta(days=2))
    make.occurrence(house.group)  # unlisted
    make.occurrence(make.group("Elsewhere", languages=("sk",)))
    (event,) = events(fetch(f"/c/o/{house.organisation.key}/sk.ics"))
    assert event.start == session.starts_at
    assert fetch(f"/c/o/{house.organisation.key}/en.ics").status_code == 404


def test_a_single_file_names_the_session_as_that_member_s_calendar_does(
    house: House, session: Occurrence
) -> None:
    file = house.browser(house.bo).get(f"/s/{session.key}/session.ics")
    (single,), (event,) = events(file), events(fetch(subscribe(house.bo)))
    assert file["Content-Disposition"] == 'attachment; filename="session.ics"'
    assert single == event
    assert single["SUMMARY"] == "Session"


def test_a_single_file_of_a_public_session_agrees_with_the_public_calendar(house: House) -> None:
    Group.objects.update(is_listed=True)
    session = make.occurrence(house.group, starts_at=NOW + timedelta(days=2))
    file = house.browser(None).get(f"/s/{session.key}/session.ics")
    (single,), (event,) = events(file), events(fetch(f"/c/g/{house.group.key}.ics"))
    assert single == event


def test_robots_may_fetch_calendars(house: House) -> None:
    rules = house.browser(None).get("/robots.txt").content.decode()
    assert "Disallow: /" not in rules
    assert "Allow: /c/" in rules
