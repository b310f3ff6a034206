from __future__ import annotations

import gzip
import json
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from civiltime.posix_tz import Footer
from civiltime.transitions import transitions
from civiltime.zones import canonical_names, zone

EVERY_ZONE = sorted(canonical_names())


def offset_at(seconds: int, tz: ZoneInfo) -> float:
    return datetime.fromtimestamp(seconds, tz).utcoffset().total_seconds()


def test_the_offset_turns_exactly_at_each_change_of_every_zone():
    for name in EVERY_ZONE:
        changes = transitions(zone(name))
        for at, before, after in zip(
            changes.utc_seconds.tolist(), changes.offset_before, changes.offset_after, strict=True
        ):
            assert offset_at(at - 1, zone(name)) == before, (name, at)
            assert offset_at(at, zone(name)) == after, (name, at)


def test_no_change_of_any_zone_is_missing():
    for name in EVERY_ZONE:
        changes, tz = transitions(zone(name)), zone(name)
        instants = changes.utc_seconds.tolist()
        for day in range(0, 47_482, 37):
            at = day * 86_400
            assert offset_at(at, tz) == changes.offsets[bisect_right(instants, at)], (name, at)


def test_a_wall_clock_time_counts_by_the_offset_zoneinfo_gives_it():
    for name in EVERY_ZONE:
        changes, tz = transitions(zone(name)), zone(name)
        walls = changes.wall_seconds
        for wall in walls:
            for nudge in (-3600, -1, 0, 1):
                local = datetime(1970, 1, 1) + timedelta(seconds=wall + nudge)
                expected = local.replace(tzinfo=tz).utcoffset().total_seconds()
                assert changes.offsets[bisect_right(walls, wall + nudge)] == expected, (name, local)


def test_the_wall_clock_times_of_changes_come_in_order():
    for name in EVERY_ZONE:
        walls = transitions(zone(name)).wall_seconds
        assert walls == sorted(walls), name


@pytest.mark.data
def test_a_hundred_thousand_local_times_of_the_next_years_agree_with_the_reference(shared_data):
    points = gzip.decompress((shared_data / "ical/vtimezone/points_2026_2035.json.gz").read_bytes())
    checked = 0
    for name, rows in json.loads(points).items():
        changes = transitions(ZoneInfo(name))
        for text, unix, _ in rows:
            wall = int(datetime.fromisoformat(text + "Z").timestamp())
            assert wall - changes.offsets[bisect_right(changes.wall_seconds, wall)] == unix, name
            checked += 1
    assert checked > 100_000


def test_the_arrays_cannot_be_written_to():
    changes = transitions(zone("Europe/Berlin"))
    with pytest.raises(ValueError, match="read-only"):
        changes.utc_seconds[0] = 0


def test_a_zone_that_never_changes_has_no_transitions():
    changes = transitions(ZoneInfo("UTC"))
    assert changes.utc_seconds.dtype == np.int64
    assert len(changes.utc_seconds) == 0
    assert changes.offsets == [0]


def test_apia_skips_a_whole_day():
    changes = transitions(zone("Pacific/Apia"))
    instant = int(datetime(2011, 12, 30, 10, tzinfo=UTC).timestamp())
    index = changes.utc_seconds.tolist().index(instant)
    assert changes.offset_after[index] - changes.offset_before[index] == 24 * 3600


def test_the_footer_holds_the_rule_for_later_years():
    footer = transitions(zone("Europe/Berlin")).footer
    assert footer == Footer.parse("CET-1CEST,M3.5.0,M10.5.0/3")
    assert footer.begin is not None
    assert (footer.begin.month, footer.begin.nth, footer.begin.weekday) == (3, 5, 0)


def test_an_unreadable_footer_is_refused():
    with pytest.raises(ValueError, match="unreadable"):
        Footer.parse("CET-1CEST,J60,J300")


def test_a_zone_without_a_name_is_refused(tmp_path):
    from importlib import resources  # noqa: PLC0415 - only this test reads a file of its own

    with resources.files("tzdata").joinpath("zoneinfo", "UTC").open("rb") as file:
        nameless = ZoneInfo.from_file(file)
    with pytest.raises(ValueError, match="without a name"):
        transitions(nameless)
