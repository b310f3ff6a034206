"""An instant as the clocks and calendars of one zone show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format, time_format
from django.utils.translation import pgettext

if TYPE_CHECKING:
    from datetime import datetime, tzinfo


@dataclass(frozen=True, slots=True)
class LocalTime:
    """An instant in one zone, each part as text in the active language.

    Attributes:
        clock: ``18:00``.
        weekday: ``Tuesday``.
        date: ``Tuesday 9 June``.
        place: the zone as people know it: ``Buenos Aires, Argentina``.
        offset: ``UTC+05:45``.
    """

    clock: str
    weekday: str
    date: str
    place: str
    offset: str


def local_time(at: datetime, zone: tzinfo) -> LocalTime:
    """Return an aware instant as text in a zone."""
    local = at.astimezone(zone)
    return LocalTime(
        clock=time_format(local, "H:i"),
        weekday=date_format(local, "l"),
        date=date_format(local, pgettext("date format", "l j F")),
        place=zone_name(zone),
        offset=_offset(local),
    )


def zone_name(zone: tzinfo | str) -> str:
    """Return the place people know a zone by: ``Buenos Aires, Argentina``."""
    parts = str(zone).replace("_", " ").split("/")
    return ", ".join(reversed(parts[1:])) or parts[0]


def _offset(local: datetime) -> str:
    written = local.strftime("%z")
    if not written.strip("+-0"):
        return "UTC"
    sign = "−" if written.startswith("-") else "+"
    return f"UTC{sign}{written[1:3]}:{written[3:5]}"
