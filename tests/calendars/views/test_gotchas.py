"""Fifteen faults of other projects' calendars, each tested over HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from calendars.actions import feeds
from calendars.ical.document import CalendarProperties, assemble
from calendars.ical.vtimezone import vtimezone
from calendars.models import Feed
from calendars.rendering.subscription import FRAGMENTS
from civiltime import zones
from civiltime.recurrence import Rule
from scheduler.actions import memberships, schedule
from scheduler.models import Occurrence
from tests import make
from tests.support.calendar_client import etag_of, events, fetch, subscribe

if TYPE_CHECKING:
    from scheduler.models import Group, Series
    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY
TUESDAY = datetime(2026, 6, 9, 18, 0)
SERIES = Feed.Profile.SERIES
ROOT = Path(__file__).resolve().parents[3]


def _create_series(
    site: Site, group: Group, *, first: datetime = TUESDAY, rule: str = ""
) -> Series:
    return schedule.create_series(
        by=site.amina,
        group=group,
        first_local=first,
        rule=Rule.parse(rule or "FREQ=WEEKLY;BYDAY=TU"),
        duration_minutes=60,
        now=NOW,
    )


def _in(site: Site, tz: str) -> Group:
    group = make.group("Elsewhere", tz=tz)
    make.membership(site.amina, group, alias="Amina", role="facilitator")
    make.membership(site.bo, group)
    return group


def _move(site: Site, occurrence: Occurrence, by: timedelta, *, now: datetime = NOW) -> None:
    schedule.move_occurrence(
        by=site.amina,
        occurrence=occurrence,
        starts_local=occurrence.starts_local + by,
        tz=occurrence.tz,
        duration_minutes=60,
        reason="",
        now=now,
    )


def _nth(series: Series, number: int) -> Occurrence:
    return series.occurrences.order_by("starts_at")[number]


def _lines(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def _one(site: Site, **options: Any) -> Any:
    (event,) = events(fetch(subscribe(site.bo, **options)))
    return event


def test_01_the_tz_database_is_ours_and_a_new_release_reaches_every_calendar(
    site: Site,
) -> None:
    group = _in(site, "America/Vancouver")
    series = _create_series(site, group, first=datetime(2026, 11, 3, 18, 0))
    derived = datetime(2026, 11, 4, 1, 0, tzinfo=UTC)
    assert _nth(series, 0).starts_at == derived
    # As a session looks that was derived under the release of last year.
    Occurrence.objects.filter(pk=_nth(series, 0).pk).update(
        starts_at=derived + timedelta(hours=1),
        ends_at=derived + timedelta(hours=2),
        tz_version="2025b",
    )
    address = subscribe(site.bo)
    old = fetch(address)
    schedule.retime(now=NOW + timedelta(seconds=1))
    new = fetch(address, If_None_Match=old["ETag"])
    before, after = (events(answer)[0] for answer in (old, new))
    assert (before.start - after.start, after.start) == (timedelta(hours=1), derived)
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt


def test_02_the_bytes_are_the_same_in_any_process_at_any_time_of_day(site: Site) -> None:
    for tz in ("Africa/Cairo", "Asia/Kathmandu", "America/Vancouver"):
        _create_series(site, _in(site, tz))
    address = subscribe(site.bo, profile=SERIES)
    body = fetch(address).content
    FRAGMENTS.clear()  # as in a process that was started a moment ago
    with time_machine.travel(NOW + timedelta(hours=9), tick=False):
        assert fetch(address).content == body
    assert re.findall(rb"TZID:(\S+)\r\nBEGIN", body) == sorted(
        [b"Africa/Cairo", b"Asia/Kathmandu", b"America/Vancouver"]
    )


@pytest.mark.parametrize("seed", ["0", "1", "20261122"])
def test_02_the_bytes_do_not_follow_the_hash_seed(seed: str) -> None:
    program = (
        "from calendars.ical.vtimezone import vtimezone\n"
        "from calendars.ical.document import CalendarProperties, assemble\n"
        "from civiltime.zones import zone\nfrom datetime import datetime, UTC\n"
        "names = ('Africa/Cairo', 'Asia/Kathmandu', 'America/Vancouver', 'Europe/Berlin')\n"
        "properties = CalendarProperties(uid='1', name='n', revised_at=datetime(2026, 1, 1, tzinfo=UTC))\n"
        "print(assemble(properties, (), zones={vtimezone(zone(n), since=2026) for n in names}).etag)\n"
    )
    env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=env
    )
    assert done.stdout.strip() == _etag_of_four_zones()


def _etag_of_four_zones() -> str:
    names = ("Europe/Berlin", "America/Vancouver", "Asia/Kathmandu", "Africa/Cairo")
    properties = CalendarProperties(uid="1", name="n", revised_at=datetime(2026, 1, 1, tzinfo=UTC))
    written = [vtimezone(zones.zone(name), since=2026) for name in names]
    return assemble(properties, (), zones=written).etag


def test_03_the_tag_is_the_hash_and_beats_the_date_and_follows_every_change(
    site: Site,
) -> None:
    series = _create_series(site, site.group)
    address = subscribe(site.bo)
    seen = fetch(address)
    assert seen["ETag"] == etag_of(seen)
    date = seen["Last-Modified"]
    assert fetch(address, If_None_Match='"stale"', If_Modified_Since=date).status_code == 200
    assert fetch(address, If_Modified_Since="not a date").status_code == 200
    tags = {seen["ETag"]}
    _nth(series, 3).delete()
    tags.add(fetch(address, If_None_Match=seen["ETag"])["ETag"])
    with time_machine.travel(NOW + timedelta(days=40), tick=False):
        tags.add(fetch(address, If_None_Match=seen["ETag"])["ETag"])
    assert len(tags) == 3


def test_04_last_modified_rises_with_every_rendered_change(site: Site) -> None:
    series = _create_series(site, site.group)
    address = subscribe(site.bo, profile=SERIES, level=2)
    third = _nth(series, 2)
    dates: list[datetime] = []
    calendar_dates: list[str] = []

    def poll() -> None:
        answer = fetch(address)
        master = events(answer)[0]
        calendar_date = next(
            one for one in _lines(answer.content) if one.startswith("LAST-MODIFIED:")
        )
        dates.append(max(event["LAST-MODIFIED"].dt for event in events(answer)))
        calendar_dates.append(calendar_date)
        assert "RRULE" in master

    poll()
    _move(site, third, timedelta(days=1), now=NOW + timedelta(seconds=1))
    poll()
    third.refresh_from_db()
    _move(site, third, timedelta(days=-1), now=NOW + timedelta(seconds=1))  # and back: no override
    poll()
    membership = site.group.memberships.get(person=site.bo)
    at = NOW + timedelta(seconds=9)
    memberships.set_calendar_name(membership=membership, own_name="Choir", now=at)
    poll()
    assert dates == sorted(set(dates))
    assert calendar_dates == sorted(set(calendar_dates))


def test_05_a_move_and_a_cancellation_raise_the_sequence_and_keep_the_uid(site: Site) -> None:
    series = _create_series(site, site.group)
    address = subscribe(site.bo)
    session = _nth(series, 0)
    seen = [events(fetch(address))[0]]
    _move(site, session, timedelta(hours=1))
    seen.append(events(fetch(address))[0])
    schedule.cancel_occurrence(by=site.amina, occurrence=session, reason="", now=NOW)
    seen.append(events(fetch(address))[0])
    renewed = feeds.rotate_feed(feed=Feed.objects.get(), now=NOW)
    seen.append(events(fetch(f"/c/{renewed.token}.ics"))[0])
    assert [event["SEQUENCE"] for event in seen] == [0, 1, 2, 2]
    assert len({event["UID"] for event in seen}) == 1


def test_06_cancelled_is_said_three_times_and_kept_for_thirty_days(site: Site) -> None:
    session = make.occurrence(site.group, starts_at=NOW + timedelta(days=1))
    schedule.cancel_occurrence(by=site.amina, occurrence=session, reason="flu", now=NOW)
    address = subscribe(site.bo)
    (event,) = events(fetch(address))
    assert (event["STATUS"], event["SUMMARY"], event["TRANSP"]) == (
        "CANCELLED",
        "Cancelled: Session",
        "TRANSPARENT",
    )
    assert "CONFERENCE" not in event
    assert b"VALARM" not in fetch(address).content
    assert b"flu" not in fetch(address).content
    for days, number in ((30, 1), (32, 0)):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            assert len(events(fetch(address))) == number


def test_07_until_is_utc_by_the_last_session_s_own_offset(site: Site) -> None:
    _create_series(site, _in(site, "Europe/Berlin"), rule="FREQ=WEEKLY;BYDAY=TU;UNTIL=20261027")
    body = fetch(subscribe(site.bo, profile=SERIES)).content
    assert "RRULE:FREQ=WEEKLY;UNTIL=20261027T170000Z;BYDAY=TU" in _lines(body)  # winter by then


def test_08_nothing_is_written_that_programs_read_differently(site: Site) -> None:
    series = _create_series(site, site.group)
    _move(site, _nth(series, 1), timedelta(days=1))
    schedule.cancel_occurrence(by=site.amina, occurrence=_nth(series, 3), reason="", now=NOW)
    _nth(series, 5).delete()
    for profile in (Feed.Profile.FLAT, SERIES):
        body = fetch(subscribe(site.bo, profile=profile)).content
        for word in (b"RDATE", b"RANGE", b"EXRULE", b"RSCALE", b"VTODO", b"METHOD"):
            assert word not in body
        dated = [one for one in _lines(body.split(b"BEGIN:VEVENT", 1)[1]) if "DTSTART" in one]
        assert all(one.endswith("Z") or "TZID=" in one for one in dated)


def test_09_exceptions_are_named_in_the_series_own_zone_and_do_not_pass_a_neighbour(
    site: Site,
) -> None:
    series = _create_series(site, site.group)
    _nth(series, 1).delete()
    _move(site, _nth(series, 3), timedelta(days=1))
    _move(site, _nth(series, 5), timedelta(days=8))
    body = fetch(subscribe(site.bo, profile=SERIES)).content
    named = [one for one in _lines(body) if one.startswith(("RECURRENCE-ID", "EXDATE"))]
    assert named == [
        "EXDATE;TZID=Europe/Bratislava:20260616T180000",
        "EXDATE;TZID=Europe/Bratislava:20260721T180000",
        "RECURRENCE-ID;TZID=Europe/Bratislava:20260707T180000",
    ]
    assert "DTSTART:20260729T160000Z" in _lines(body)


def test_10_a_start_that_clocks_skip_or_repeat_is_written_flat(site: Site) -> None:
    group = _in(site, "Europe/Berlin")
    _create_series(site, group, first=datetime(2026, 6, 7, 2, 30), rule="FREQ=WEEKLY;BYDAY=SU")
    answer = fetch(subscribe(site.bo, profile=SERIES))
    assert b"RRULE" not in answer.content
    (twice,) = [event for event in events(answer) if f"{event.start:%m%d}" == "1025"]
    assert twice.start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_11_a_zone_has_no_rdate_begins_before_its_events_and_ends_open(site: Site) -> None:
    _create_series(site, site.group)
    body = fetch(subscribe(site.bo, profile=SERIES)).content
    zone = body[body.index(b"BEGIN:VTIMEZONE") : body.index(b"END:VTIMEZONE")]
    starts = re.findall(rb"DTSTART:(\d{8})", zone)
    assert min(starts) < b"20260601"
    assert zone.count(b"RRULE:FREQ=YEARLY") == 2
    assert b"RDATE" not in zone


def test_12_the_beginning_lies_on_the_rule_and_the_week_start_is_written(site: Site) -> None:
    rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=SU"
    _create_series(site, site.group, rule=rule)
    with time_machine.travel(NOW + timedelta(days=75), tick=False):  # the window cut the first off
        schedule.top_up(now=NOW + timedelta(days=75))
        master = _one(site, profile=SERIES)
    assert "WKST" in master["RRULE"]
    days = {(master.start.date() - TUESDAY.date()).days % 14}
    assert days <= {0, 2}
    assert master.start > TUESDAY.replace(tzinfo=UTC)


def test_13_programs_are_told_in_both_ways_how_often_to_ask(site: Site) -> None:
    lines = _lines(fetch(subscribe(site.bo)).content)
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in lines
    assert "X-PUBLISHED-TTL:PT6H" in lines


def test_14_the_address_is_short_plain_and_open_to_every_program(site: Site) -> None:
    for number in range(400):
        make.occurrence(site.group, starts_at=NOW + timedelta(hours=9 * number))
    address = subscribe(site.bo)
    assert address.endswith(".ics")
    assert len(f"https://hour.example.org{address}") <= 100
    got, head = fetch(address), fetch(address, "head")
    assert (head.status_code, head.content) == (200, b"")
    assert "Location" not in got
    assert not got.cookies
    assert len(got.content) < 800_000
    assert "Disallow: /" not in site.browser(None).get("/robots.txt").content.decode()


def test_15_a_leak_can_be_closed_and_had_little_in_it(site: Site) -> None:
    make.occurrence(site.group, starts_at=NOW + timedelta(days=2))
    address = subscribe(site.bo)
    token = address.removeprefix("/c/").removesuffix(".ics")
    assert token not in str(list(Feed.objects.values()))
    body = fetch(address).content.decode()
    for word in ("Tuesday lamp", "Harbour", "Amina", site.group.key, "ATTENDEE", "ORGANIZER"):
        assert word not in body
    memberships.remove_member(
        by=site.amina, membership=site.group.memberships.get(person=site.bo), now=NOW
    )
    assert [str(event["SUMMARY"]) for event in events(fetch(address))] == [
        "This calendar subscription has ended"
    ]
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        assert fetch(address).status_code == 410
