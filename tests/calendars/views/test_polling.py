"""What is in a member's calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from calendars.models import Feed
from civiltime.recurrence import Rule
from scheduler.actions import memberships, schedule, seats
from scheduler.models import Group
from tests import make
from tests.support.calendar_client import events, fetch, subscribe

if TYPE_CHECKING:
    from scheduler.models import Occurrence
    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY


def test_whoever_has_the_address_reads_when_and_nothing_else(
    site: Site, session: Occurrence
) -> None:
    answer = fetch(subscribe(site.bo))
    (event,) = events(answer)
    assert event.start == session.starts_at
    assert event.end == session.ends_at
    assert event["SUMMARY"] == "Session"
    text = answer.content.decode().lower()
    for secret in ("lamp", "harbour", "amina", "bo\n", site.group.key, session.key.lower()):
        assert secret not in text, secret


def test_the_window_is_thirty_days_back_and_a_hundred_and_eighty_ahead(site: Site) -> None:
    for days in (-31, -29, 0, 179, 181):
        make.occurrence(site.group, starts_at=NOW + timedelta(days=days))
    starts = [event.start - NOW for event in events(fetch(subscribe(site.bo)))]
    assert [gap.days for gap in starts] == [-29, 0, 179]


def test_a_member_s_calendar_has_their_groups_and_nobody_else_s(site: Site) -> None:
    make.occurrence(site.group)
    assert len(events(fetch(subscribe(site.bo)))) == 1
    assert events(fetch(subscribe(site.chen))) == []


@pytest.mark.parametrize("state", ["applied", "declined", "left", "removed"])
def test_who_does_not_belong_to_a_group_sees_nothing_of_it(site: Site, state: str) -> None:
    make.occurrence(site.group)
    make.membership(site.chen, site.group, state=state)
    assert events(fetch(subscribe(site.chen))) == []


def test_one_group_s_calendar_has_that_group_alone(site: Site) -> None:
    other = make.group("Elsewhere")
    make.membership(site.bo, other)
    make.occurrence(other, starts_at=NOW + timedelta(days=3))
    make.occurrence(site.group, starts_at=NOW + timedelta(days=2))
    (event,) = events(fetch(subscribe(site.bo, group=other)))
    assert event.start == NOW + timedelta(days=3)
    assert len(events(fetch(subscribe(site.bo)))) == 2


def test_nobody_creates_a_feed_of_a_group_they_do_not_belong_to(site: Site) -> None:
    with pytest.raises(Group.DoesNotExist):
        subscribe(site.chen, group=site.group)


def test_a_session_that_its_owner_said_no_to_is_left_out_and_comes_back(
    site: Site, session: Occurrence
) -> None:
    address = subscribe(site.bo)
    first = fetch(address)
    seats.decline_seat(person=site.bo, occurrence=session, now=NOW)
    second = fetch(address, If_None_Match=first["ETag"])
    assert events(second) == []
    seats.book_seat(person=site.bo, occurrence=session, now=NOW)
    assert len(events(fetch(address, If_None_Match=second["ETag"]))) == 1


@pytest.mark.parametrize(("level", "title"), [(1, "Session"), (2, "Choir"), (3, "Tuesday lamp")])
def test_a_session_is_called_what_its_owner_chose(
    site: Site, session: Occurrence, level: int, title: str
) -> None:
    membership = site.group.memberships.get(person=site.bo)
    memberships.set_calendar_name(membership=membership, own_name=" Choir ", now=NOW)
    (event,) = events(fetch(subscribe(site.bo, level=level)))
    assert event["SUMMARY"] == title


def test_a_group_without_an_own_name_stays_neutral(site: Site, session: Occurrence) -> None:
    (event,) = events(fetch(subscribe(site.bo, level=2)))
    assert event["SUMMARY"] == "Session"


def test_two_members_calendars_cannot_be_matched_by_name_or_by_link(
    site: Site, session: Occurrence
) -> None:
    (amina,), (bo,) = (events(fetch(subscribe(who))) for who in (site.amina, site.bo))
    assert amina["UID"] != bo["UID"]
    assert amina["URL"] != bo["URL"]


def test_a_person_s_calendars_agree_on_a_session_s_name(site: Site, session: Occurrence) -> None:
    (one,), (other,) = (events(fetch(subscribe(site.bo, level=level))) for level in (1, 3))
    assert one["UID"] == other["UID"]


def test_the_link_of_an_event_leads_its_owner_to_the_session_and_nobody_else(
    site: Site, session: Occurrence
) -> None:
    (event,) = events(fetch(subscribe(site.bo)))
    path = str(event["URL"]).removeprefix("http://127.0.0.1:8000")
    assert site.browser(site.bo).get(path).headers["Location"] == session.get_absolute_url()
    assert site.browser(site.amina).get(path).status_code == 404
    assert site.browser(None).get(path).headers["Location"] == f"/sign-in/?next={path}"


def test_a_series_calendar_has_one_repeating_event_and_its_zone(site: Site) -> None:
    series = schedule.create_series(
        by=site.amina,
        group=site.group,
        first_local=make.series(site.group).first_local.replace(day=9),
        rule=Rule.parse("FREQ=WEEKLY;BYDAY=TU"),
        duration_minutes=60,
        now=NOW,
    )
    address = subscribe(site.bo, profile=Feed.Profile.SERIES)
    (event,) = events(fetch(address))
    assert event["RRULE"]["BYDAY"] == ["TU"]
    assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Bratislava\r\n" in fetch(address).content
    third = series.occurrences.order_by("starts_at")[2]
    schedule.cancel_occurrence(by=site.amina, occurrence=third, reason="", now=NOW)
    _master, exception = events(fetch(address))
    assert exception["STATUS"] == "CANCELLED"
    assert exception["RECURRENCE-ID"].dt.replace(tzinfo=None) == third.original_local


def test_a_series_that_was_ended_stops_repeating(site: Site) -> None:
    series = schedule.create_series(
        by=site.amina,
        group=site.group,
        first_local=make.series(site.group).first_local.replace(day=9),
        rule=Rule.parse("FREQ=WEEKLY;BYDAY=TU"),
        duration_minutes=60,
        now=NOW,
    )
    address = subscribe(site.bo, profile=Feed.Profile.SERIES)
    before = events(fetch(address))[0]
    assert "UNTIL" not in before["RRULE"]
    schedule.end_series(by=site.amina, series=series, now=NOW + timedelta(minutes=1))
    master, *cancelled = events(fetch(address))
    assert master["RRULE"]["UNTIL"][0] == series.occurrences.latest("starts_at").starts_at
    assert master["SEQUENCE"] > before["SEQUENCE"]
    assert master["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert {event["STATUS"] for event in cancelled} == {"CANCELLED"}
