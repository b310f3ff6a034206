"""Prints the sessions that recurring-ical-events (Home Assistant's forebear) finds in a calendar.

Run by that library's own environment: expand_rie.py CALENDAR AFTER BEFORE
"""

from __future__ import annotations

import sys
import zoneinfo
from datetime import datetime, timezone
from pathlib import Path

zoneinfo.reset_tzpath(to=[])  # the wheel's tz database, as ours

import icalendar  # noqa: E402
import recurring_ical_events  # noqa: E402

file, after, before = sys.argv[1:]
calendar = icalendar.Calendar.from_ical(Path(file).read_bytes())
window = (datetime.fromisoformat(text) for text in (after, before))
for event in recurring_ical_events.of(calendar).between(*window):
    start = event.start.astimezone(timezone.utc)
    row = (event["UID"], f"{start:%Y-%m-%dT%H:%M:%SZ}", event["STATUS"], event["SUMMARY"])
    print("\t".join(str(cell) for cell in row))
