from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civiltime import zones
from civiltime.recurrence import expand
from directory.formats.central_query import propose, read_meetings
from directory.formats.json_list import MAX_BYTES, UnreadableList
from directory.formats.proposal import NotSchedulable, Proposal

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 5, 28, tzinfo=UTC)
BEFORE_ALL = datetime(2026, 5, 28, tzinfo=UTC)


def row(**fields: Any) -> dict[str, Any]:
    return {
        "slug": "harbour-lights",
        "name": "Harbour Lights",
        "day": 1,
        "time": "18:30",
        "timezone": "Europe/Bratislava",
        "duration": 75,
        "languages": ["sk", "en"],
    } | fields


def test_a_row_becomes_a_weekly_hour_on_its_own_wall_clock():
    proposal = propose(row(), now=NOW)

    assert proposal.source == "central-query:harbour-lights"
    assert (proposal.name, proposal.languages) == ("Harbour Lights", ("en", "sk"))
    assert proposal.tz == zones.zone("Europe/Bratislava")
    assert proposal.first_local == datetime(2026, 6, 1, 18, 30)
    assert (str(proposal.rule), proposal.duration_minutes) == ("FREQ=WEEKLY;BYDAY=MO", 75)
    assert proposal.remarks == ()


@pytest.mark.parametrize(("day", "weekday"), [(1, "MO"), (4, "TH"), (7, "SU")])
def test_day_one_is_monday(day, weekday):
    assert str(propose(row(day=day), now=NOW).rule) == f"FREQ=WEEKLY;BYDAY={weekday}"


def test_an_hour_that_has_passed_today_waits_a_week():
    thursday_evening = datetime(2026, 5, 28, 16, 30, tzinfo=UTC)  # 18:30 in Bratislava
    earlier = thursday_evening - timedelta(seconds=1)

    assert propose(row(day=4), now=earlier).first_local.day == 28
    assert propose(row(day=4), now=thursday_evening).first_local == datetime(2026, 6, 4, 18, 30)


def test_a_missing_duration_is_an_hour_and_said_so():
    proposal = propose(row(duration=None), now=NOW)

    assert proposal.duration_minutes == 60
    assert proposal.remarks == ("No duration is given; 60 minutes are assumed.",)


def test_a_retired_zone_name_is_read_and_its_name_of_today_is_said():
    proposal = propose(row(timezone="Europe/Kiev"), now=NOW)

    assert proposal.tz.key == "Europe/Kyiv"
    assert proposal.remarks == ("The zone Europe/Kiev is called Europe/Kyiv today.",)


def test_names_lose_entities_line_ends_and_what_no_database_takes():
    assert propose(row(name=" Soup &amp;\n Bread\x00 \ud800"), now=NOW).name == "Soup & Bread"


def test_a_long_name_is_shortened_and_said_so():
    proposal = propose(row(name="n" * 81), now=NOW)

    assert proposal.name == "n" * 79 + "…"
    assert proposal.remarks == ("The name was shortened to 80 characters.",)


def test_a_language_that_is_no_code_is_left_out_and_said_so():
    proposal = propose(row(languages=["en", "English", 7]), now=NOW)

    assert proposal.languages == ("en",)
    assert proposal.remarks == ("A language that is no two-letter code was left out.",)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"archived": True}, "archived"),
        ({"slug": ""}, "slug"),
        ({"slug": "s" * 101}, "slug"),
        ({"name": "\x00"}, "no name"),
        ({"day": None}, "no weekday and time"),
        ({"time": None}, "no weekday and time"),
        ({"day": 0}, "day is 0"),
        ({"day": 8}, "day is 8"),
        ({"day": True}, "day is True"),
        ({"day": [1, 2]}, "day is"),
        ({"time": "24:00"}, "time is '24:00'"),
        ({"time": "6:30 PM"}, "time is"),
        ({"time": 1830}, "time is 1830"),
        ({"time": "١٨:٣٠"}, "time is"),
        ({"timezone": " "}, "no time zone"),
        ({"timezone": None}, "no time zone"),
        ({"timezone": "Europe/Atlantis"}, "'Europe/Atlantis' is not one we know"),
        ({"timezone": "../etc/passwd\x00"}, "not one we know"),
        ({"duration": 0}, "duration is 0"),
        ({"duration": 241}, "10 to 240"),
        ({"duration": "60"}, "duration is '60'"),
    ],
)
def test_a_row_that_cannot_be_scheduled_says_why(fields, reason):
    with pytest.raises(NotSchedulable, match=reason) as refusal:
        propose(row(**fields), now=NOW)

    assert str(refusal.value).isprintable()
    assert len(refusal.value.reason) < 120


def test_what_identifies_or_connects_people_never_leaves_the_row():
    secret = "8112894645"
    private = {
        "conference_url": f"https://video.example.org/j/{secret}",
        "conference_url_notes": secret,
        "conference_phone": secret,
        "contact_1_name": secret,
        "email": secret,
        "notes": secret,
    }

    assert secret not in repr(propose(row(**private), now=NOW))


def test_rows_keep_their_order_and_a_repeated_slug_is_told():
    answers = read_meetings(
        json.dumps([row(), 7, row(name="Second"), row(slug="b", name="")]).encode(), now=NOW
    )

    assert isinstance(answers[0], Proposal)
    assert [str(answer) for answer in answers[1:]] == [
        "row 2: It is not an object with fields.",
        "Second: An earlier row has the same slug, “harbour-lights”.",
        "b: It has no name.",
    ]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"<html>", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b'{"meetings": []}', "not a list"),
        (b" " * (MAX_BYTES + 1), "larger than 32 MiB"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_a_sentence(raw, reason):
    with pytest.raises(UnreadableList, match=reason):
        read_meetings(raw, now=NOW)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # its table of characters may be cold
@given(fields=st.dictionaries(st.sampled_from(sorted(row())), _json))
def test_whatever_stands_in_a_row_it_is_proposed_or_refused(fields):
    with suppress(NotSchedulable):
        assert propose(row(**fields), now=NOW).name


@pytest.mark.data
def test_every_row_with_a_zone_meets_at_the_instant_its_publisher_computed(shared_data: Path):
    raw = (shared_data / "meetings/central-query-meetings-2026.json").read_bytes()
    rows = json.loads(raw)

    answers = read_meetings(raw, now=BEFORE_ALL)

    timed = [
        (answer, datetime.fromisoformat(given["startDateUTC"]["$date"]))
        for answer, given in zip(answers, rows, strict=True)
        if "startDateUTC" in given
    ]
    assert len(timed) == 149
    for answer, published in timed:
        assert isinstance(answer, Proposal), answer
        week = timedelta(days=7)
        starts = expand(
            answer.rule,
            first_local=answer.first_local,
            tz=answer.tz,
            after=max(BEFORE_ALL, published - week) + timedelta(seconds=1),
            before=published + week,
        )
        assert [start.at for start in starts] == [published], answer.name


@pytest.mark.data
def test_every_row_without_a_zone_is_reported(shared_data: Path):
    raw = (shared_data / "meetings/central-query-meetings-2026.json").read_bytes()

    refusals = [a for a in read_meetings(raw, now=BEFORE_ALL) if isinstance(a, NotSchedulable)]

    assert len(refusals) == 11
    assert [str(r) for r in refusals if "weekday" not in r.reason] == [
        "Vision for Us 24/7: Its day is 0; days go from 1, Monday, to 7, Sunday."
    ]
