"""An instant as the clocks and calendars of one zone show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext, pgettext

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

DAYS_PER_WEEK: Final = 7

# The hour at which each part of the day ends.
_PARTS_OF_DAY: Final = ((5, "night"), (8, "dawn"), (18, "day"), (21, "dusk"), (24, "night"))


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


def day_name(day: date, today: date) -> str:
    """Return a day as people say it: ``Today``, ``Tomorrow``, ``Thursday``, ``Thursday 10 December``.

    The weekday alone names a day within the coming six.
    """
    match (day - today).days:
        case -1:
            return gettext("Yesterday")
        case 0:
            return gettext("Today")
        case 1:
            return gettext("Tomorrow")
        case days if 1 < days < DAYS_PER_WEEK:
            return date_format(day, "l")
    return date_format(day, pgettext("date format", "l j F"))


def day_and_date(day: date, today: date) -> tuple[str, str]:
    """Return the name of a day, and the date that the name leaves open: ``Thursday``, ``3 December``."""
    name, whole = day_name(day, today), date_format(day, pgettext("date format", "l j F"))
    if name == whole:
        return name, ""
    if name == date_format(day, "l"):
        return name, date_format(day, pgettext("date format", "j F"))
    return name, whole


def short_day(at: datetime, now: datetime) -> str:
    """Return the day of an instant in the active zone in a few letters: ``today``, ``Thu 3 Dec``."""
    day, today = timezone.localtime(at).date(), timezone.localtime(now).date()
    match (day - today).days:
        case 0:
            return gettext("today")
        case 1:
            return gettext("tomorrow")
    return date_format(day, pgettext("date format", "D j M"))


def short_moment(at: datetime, now: datetime) -> str:
    """Return an instant in the active zone in a few letters: ``today, 20:00``, ``Thu 3 Dec, 05:00``."""
    clock = time_format(timezone.localtime(at), "H:i")
    return gettext("{day}, {clock}").format(day=short_day(at, now), clock=clock)


def dated_moment(at: datetime) -> str:
    """Return an instant in the active zone in a few letters: ``Tue 1 Dec, 20:00``."""
    local = timezone.localtime(at)
    return gettext("{day}, {clock}").format(
        day=date_format(local, pgettext("date format", "D j M")), clock=time_format(local, "H:i")
    )


def part_of_day(local: datetime) -> str:
    """Return ``night``, ``dawn``, ``day`` or ``dusk`` for a local time."""
    return next(part for until, part in _PARTS_OF_DAY if local.hour < until)


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
