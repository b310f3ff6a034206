from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import RFC_4122, UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st
from icalendar import Event

from calendars.ical.event import derive_uid, render, render_all_day, single_line
from tests.calendars.ical.samples import BO_KEY, PAGE, PHRASES, TUESDAY, session

LATER = datetime(2026, 1, 4, 12, 0, 0, 250_000, tzinfo=UTC)


def lines(fragment: bytes) -> list[str]:
    return fragment.replace(b"\r\n ", b"").decode().split("\r\n")


def value(fragment: bytes, name: str) -> str:
    (found,) = [line for line in lines(fragment) if line.startswith((f"{name}:", f"{name};"))]
    return found.removeprefix(name)[1:]


def test_the_stamp_is_the_last_revision_and_not_the_moment_of_asking() -> None:
    fragment = render(session(revised_at=LATER), PHRASES)
    assert value(fragment, "DTSTAMP") == "20260104T120000Z"
    assert value(fragment, "LAST-MODIFIED") == "20260104T120000Z"


def test_times_are_utc_whatever_zone_they_were_given_in() -> None:
    cairo = TUESDAY.astimezone(ZoneInfo("Africa/Cairo"))
    assert render(session(starts_at=cairo), PHRASES) == render(session(), PHRASES)
    assert value(render(session(), PHRASES), "DTSTART") == "20260106T180000Z"


def test_a_move_keeps_the_uid_and_raises_sequence_and_last_modified() -> None:
    moved = session(starts_at=TUESDAY + timedelta(days=1), sequence=1, revised_at=LATER)
    before, after = render(session(), PHRASES), render(moved, PHRASES)
    assert value(before, "UID") == value(after, "UID")
    assert int(value(before, "SEQUENCE")) < int(value(after, "SEQUENCE"))
    assert value(before, "LAST-MODIFIED") < value(after, "LAST-MODIFIED")


def test_cancelled_is_a_status_and_a_prefix_and_free_time_without_a_way_to_join() -> None:
    fragment = render(session(cancelled=True), PHRASES)
    assert value(fragment, "STATUS") == "CANCELLED"
    assert value(fragment, "SUMMARY") == "Cancelled: Session"
    assert value(fragment, "TRANSP") == "TRANSPARENT"
    assert b"CONFERENCE" not in fragment
    assert b"VALARM" not in fragment


def test_a_session_that_takes_place_is_busy_time_with_a_link_to_sign_in() -> None:
    fragment = render(session(), PHRASES)
    assert value(fragment, "STATUS") == "CONFIRMED"
    assert value(fragment, "TRANSP") == "OPAQUE"
    assert value(fragment, "URL") == PAGE
    assert value(fragment, "CONFERENCE").endswith(PAGE)
    assert value(fragment, "DESCRIPTION").endswith(rf"\n{PAGE}")


def test_every_event_asks_to_be_private() -> None:
    assert value(render(session(), PHRASES), "CLASS") == "PRIVATE"
    assert value(render(session(cancelled=True), PHRASES), "CLASS") == "PRIVATE"


def test_no_property_names_a_person_or_a_place() -> None:
    names = {line.partition(":")[0].partition(";")[0] for line in lines(render(session(), PHRASES))}
    assert not names & {"ORGANIZER", "ATTENDEE", "LOCATION", "GEO", "CONTACT", "ATTACH", "IMAGE"}


def test_floating_times_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        session(starts_at=datetime(2026, 1, 6, 18))


def test_a_session_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="end after"):
        session(ends_at=TUESDAY)


def test_a_title_cannot_bring_a_property_of_its_own() -> None:
    fragment = render(session(summary="Session\r\nATTENDEE:mailto:chen@example.org"), PHRASES)
    assert value(fragment, "SUMMARY") == "Session ATTENDEE:mailto:chen@example.org"
    assert not any(line.startswith("ATTENDEE") for line in lines(fragment))


@pytest.mark.parametrize("title", [r"North\South", r"north\nsouth", "back\\"])
def test_a_backslash_never_becomes_a_line_break(title: str) -> None:
    read = Event.from_ical(render(session(summary=title), PHRASES))
    assert str(read["SUMMARY"]) == title.replace("\\", "＼")


def test_a_quoted_word_in_the_link_survives() -> None:
    phrases = PHRASES.__class__(cancelled="Abgesagt: ", sign_in='Mit "Konto" anmelden')
    assert "LABEL=Mit ”Konto” anmelden" in value(render(session(), phrases), "CONFERENCE")


@hypothesis_given(st.text(max_size=400))
def test_any_title_folds_at_75_octets_and_reads_back_as_one_line(title: str) -> None:
    fragment = render(session(summary=title), PHRASES)
    physical = fragment.split(b"\r\n")
    assert max(map(len, physical)) <= 75
    for line in physical:
        line.decode()  # no character is torn in two
    assert b"\n" not in fragment.replace(b"\r\n", b"")
    assert str(Event.from_ical(fragment)["SUMMARY"]) == single_line(title)


def test_a_uid_is_a_uuid_that_differs_between_subscriptions_and_sessions() -> None:
    uid = UUID(derive_uid(BO_KEY, "first"))
    assert uid.variant == RFC_4122
    assert uid.version == 8
    assert derive_uid(BO_KEY, "first") == str(uid)
    assert derive_uid(BO_KEY, "second") != str(uid)
    assert derive_uid(b"the key of Amina's subscription", "first") != str(uid)


def test_the_last_word_of_an_ended_subscription_keeps_nobody_busy() -> None:
    fragment = render_all_day("ended", date(2026, 1, 6), "Subscription ended", revised_at=LATER)
    assert value(fragment, "DTSTART") == "VALUE=DATE:20260106"
    assert value(fragment, "DTEND") == "VALUE=DATE:20260107"
    assert value(fragment, "TRANSP") == "TRANSPARENT"
