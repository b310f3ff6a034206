"""The hour of a meeting in the places of its people, to be drawn under the sky of each place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from civiltime import zones
from scheduler.rules.zone_strip import Bar, meeting_bars, sky_bars
from scheduler.text.local_time import zone_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

MAX_PLACES: Final = 8


class Place(NamedTuple):
    """One row: a place, what it is to the reader, and the local time of the meeting."""

    name: str
    note: str
    clock: str
    weekday: str
    sky: list[Bar]


@dataclass(frozen=True, slots=True)
class ZoneStrip:
    """A meeting in several places; the 24 hours across are those of the first."""

    caption: str
    places: list[Place]
    meeting: list[Bar]


def zone_strip(
    at: datetime,
    minutes: int,
    *,
    first: ZoneInfo,
    group: ZoneInfo,
    reader: ZoneInfo,
    others: Iterable[ZoneInfo] = (),
) -> ZoneStrip:
    """Return the strip of a meeting at an instant, with the 24 hours of ``first`` across.

    ``others`` are zones that may be named: in each of them at least two other members live.
    """
    tzs = list({tz.key: tz for tz in (first, group, reader, *others)}.values())[:MAX_PLACES]
    local = at.astimezone(first)
    sentence = (
        _("{weekday} at {clock} in {place}, and in other places")
        if len(tzs) > 1
        else _("{weekday} at {clock} in {place}")
    )
    caption = sentence.format(
        weekday=date_format(local, "l"), clock=time_format(local, "H:i"), place=zone_name(first)
    )
    return ZoneStrip(
        caption,
        [_place(tz, at, first=first, group=group, reader=reader) for tz in tzs],
        meeting_bars(local.hour * 60 + local.minute, minutes),
    )


def _place(
    tz: ZoneInfo, at: datetime, *, first: ZoneInfo, group: ZoneInfo, reader: ZoneInfo
) -> Place:
    local = at.astimezone(tz)
    ahead = zones.offset_minutes(at, tz) - zones.offset_minutes(at, first)
    notes = {group.key: _("group time zone"), reader.key: _("you")}
    return Place(
        zone_name(tz).split(",")[0],
        notes.get(tz.key, ""),
        time_format(local, "H:i"),
        date_format(local, "l"),
        sky_bars(ahead),
    )
