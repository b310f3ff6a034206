from __future__ import annotations

import subprocess
import sys
import zoneinfo
from datetime import UTC, datetime

import pytest

from civiltime import zones


def test_the_wheel_is_the_only_tz_database() -> None:
    # The host's copy may still let Vancouver change its clocks in November 2026.
    local = datetime(2026, 11, 3, 18, 0)
    assert zones.resolve_local(local, zones.zone("America/Vancouver")) == datetime(
        2026, 11, 4, 1, 0, tzinfo=UTC
    )
    assert zoneinfo.TZPATH == ()


def test_the_path_is_set_before_settings_load_any_zone() -> None:
    code = "import config.settings, zoneinfo; print(zoneinfo.TZPATH)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "()"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("Europe/Kiev", "Europe/Kyiv"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("America/Montreal", "America/Toronto"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Eastern", "America/New_York"),
        (" Europe/Bratislava ", "Europe/Bratislava"),
        ("Etc/UTC", "UTC"),
        ("GMT", "UTC"),
    ],
)
def test_old_names_find_their_zone(dirty: str, clean: str) -> None:
    assert zones.canonical(dirty) == clean


def test_names_of_a_countrys_own_city_are_kept() -> None:
    assert zones.canonical("Europe/Copenhagen") == "Europe/Copenhagen"


def test_every_canonical_name_is_a_zone() -> None:
    assert all(zoneinfo.ZoneInfo(name).key == name for name in zones.canonical_names())


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "America/Buenos Aires"])
def test_an_unknown_zone_is_refused_with_advice(name: str) -> None:
    with pytest.raises(zones.UnknownZone, match="Choose a place") as refusal:
        zones.zone(name)
    assert refusal.value.code == "unknown_zone"


def test_a_start_in_a_gap_shifts_forward_and_one_in_an_overlap_is_the_first() -> None:
    berlin = zones.zone("Europe/Berlin")
    gap, overlap = datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30)
    assert zones.resolve_local(gap, berlin) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert zones.resolve_local(overlap, berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_offsets_are_minutes_east() -> None:
    at = datetime(2026, 6, 5, tzinfo=UTC)
    assert zones.offset_minutes(at, zones.zone("Asia/Kathmandu")) == 345
    assert zones.offset_minutes(at, zones.zone("America/St_Johns")) == -150
