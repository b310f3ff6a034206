"""Tags of every page: an instant is told in the reader's zone first, in the group's second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Final, TypedDict

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.translation import pgettext

from accounts import languages
from civiltime.recurrence import Rule
from scheduler.text.best_time import costs_of, is_at_night, usual
from scheduler.text.schedule import (
    change_in_words,
    hour_change_in_words,
    hour_change_there_in_words,
    rule_in_words,
)

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from civiltime.drift import HourChange
    from scheduler.models import Group, Occurrence, Organisation, ScheduleChange, Series
    from scheduler.queries.best_time import BestTimeCandidate, ZoneTimes
    from scheduler.queries.clock_changes import UpcomingClockChange

register = template.Library()

CIRCLE: Final = 12  # seats drawn when nobody counts them: the marks of a clock
LARGEST_CIRCLE: Final = 24  # beyond this the seats of a dial would touch
DAY_STARTS: Final = 6
NIGHT_STARTS: Final = 20


@dataclass(frozen=True, slots=True)
class Told:
    """An instant in words, as one place tells it."""

    clock: str
    weekday: str
    date: str
    place: str
    offset: str


class Zoned(TypedDict):
    """What ``components/zoned.html`` reads; ``there`` is None for a reader in the group's zone."""

    datetime: str
    here: Told
    there: Told | None


class Hour(TypedDict):
    """What ``components/local_time.html`` reads: the hour it is for the reader."""

    datetime: str
    here: Told
    tz: str


class Dial(TypedDict):
    """What ``components/dial.html`` reads: two hands in degrees, a ring of seats."""

    kind: str
    hour: int
    minute: int
    seats: int
    ring: str
    taken: str


@register.inclusion_tag("components/zoned.html")
def zoned(at: datetime, there: tzinfo | None = None) -> Zoned:
    """Tell an aware instant in the reader's zone, then in the zone of the group."""
    here = timezone.get_current_timezone()
    elsewhere = there is not None and str(there) != str(here)
    return {
        "datetime": machine_time(at),
        "here": tell(at, here),
        "there": tell(at, there) if there is not None and elsewhere else None,
    }


@register.inclusion_tag("components/local_time.html")
def hour(now: datetime) -> Hour:
    """Tell the reader what time it is where she is, as the first and largest thing on a page."""
    here = timezone.get_current_timezone()
    return {"datetime": machine_time(now), "here": tell(now, here), "tz": str(here)}


@register.inclusion_tag("components/dial.html")
def dial(
    at: datetime | None = None, seats: int | None = None, taken: int = 0, *, on: bool = False
) -> Dial:
    """Draw the shared hour: a clock at the reader's time whose marks are the circle's seats.

    Decoration: everything it shows is said in words beside it. Without an instant it is the mark
    of the house.
    """
    local = timezone.localtime(at) if at else None
    hours, minutes = (local.hour, local.minute) if local else (10, 10)
    circle = min(seats or CIRCLE, LARGEST_CIRCLE)
    dark = local is not None and not DAY_STARTS <= hours < NIGHT_STARTS
    return {
        "kind": "dial--on" if on else "dial--night" if dark else "",
        "hour": hours % 12 * 30 + minutes // 2,
        "minute": minutes * 6,
        "seats": circle,
        "ring": _dots(circle),
        "taken": _dots(min(taken, circle)),
    }


@register.simple_tag
def zone_here() -> str:
    """Return the reader's place with its present distance from UTC: ``Copenhagen (UTC+01:00)``."""
    told = tell(timezone.now(), timezone.get_current_timezone())
    return f"{told.place} ({told.offset})"


@register.filter
def zone_label(zone: tzinfo | str) -> str:
    """Return the place that people know a zone by: ``Buenos Aires, Argentina``."""
    parts = str(zone).replace("_", " ").split("/")
    return ", ".join(reversed(parts[1:])) or parts[0]


@register.filter
def utc_offset(at: datetime, zone: tzinfo) -> str:
    """Return a zone's distance from UTC at an instant: ``UTC+05:45``, ``UTC−03:00``."""
    return tell(at, zone).offset


@register.filter
def machine_time(at: datetime) -> str:
    """Return an aware instant as the ``datetime`` attribute wants it: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def tell(at: datetime, zone: tzinfo) -> Told:
    """Return an aware instant as the clocks and calendars of a zone tell it."""
    local = at.astimezone(zone)
    return Told(
        clock=time_format(local, "H:i"),
        weekday=date_format(local, "l"),
        date=date_format(local, pgettext("date format", "l j F")),
        place=zone_label(zone),
        offset=_offset(local),
    )


def _offset(local: datetime) -> str:
    written = local.strftime("%z")
    if not written.strip("+-0"):
        return "UTC"
    sign = "−" if written.startswith("-") else "+"
    return f"UTC{sign}{written[1:3]}:{written[3:5]}"


def _dots(count: int) -> str:
    """Return the dash pattern that draws the first seats of a circle.

    It ends in a gap longer than any circle: a pattern that closes draws its first dot twice,
    a hair apart.
    """
    return " ".join([".01 .99"] * (count - 1) + [".01 99"]) if count > 0 else ""


@register.filter
def is_on(occurrence: Occurrence, now: datetime) -> bool:
    """Whether a session is taking place."""
    return occurrence.is_on(now)


@register.filter
def doors_are_open(occurrence: Occurrence, now: datetime) -> bool:
    """Whether people may wait at the door, or be inside."""
    return occurrence.doors_open_at <= now < occurrence.ends_at


@register.filter
def languages_spoken(group: Group) -> list[str]:
    """Return the languages of a group, each by its own name."""
    return [languages.own_name(code) for code in group.languages]


@register.filter
def public_calendars(organisation: Organisation) -> list[tuple[str, str]]:
    """Return the language and the address of each calendar that anyone may read."""
    listed = [group for group in organisation.groups.all() if group.is_listed]
    spoken = sorted({code for group in listed for code in group.languages})
    return [
        (languages.own_name(code), reverse("feed", args=[f"o/{organisation.key}/{code}"]))
        for code in spoken
    ]


@register.filter
def in_words(series: Series) -> str:
    """Tell a series: ``Every week on Tuesday at 18:00``, on the clock of its zone."""
    return rule_in_words(Rule.parse(series.rule), series.first_local)


@register.filter
def told_here(news: UpcomingClockChange) -> str:
    """Tell the reader when a group is at another hour for her, because clocks change."""
    return hour_change_in_words(news.change, news.tz)


@register.filter
def told_there(change: HourChange, tz: ZoneInfo) -> str:
    """Tell a facilitator the same about the people of another zone."""
    return hour_change_there_in_words(change, tz)


@register.filter
def told_change(change: ScheduleChange) -> str:
    """Tell what a change did to a session's hour or length: ``Tue 9 June 18:00 → …``."""
    return change_in_words(change)


@register.simple_tag
def costs(offer: BestTimeCandidate, people: int = 0) -> list[str]:
    """Tell what an hour costs, in sentences; ``people`` are those of the picture of sums."""
    places = {there.tz.key: zone_label(there.tz) for there in (offer.here, *offer.places)}
    return list(costs_of(offer, places, people))


@register.filter
def told_usual(there: ZoneTimes) -> str:
    """Tell an hour in one place: ``Thursday 21:00``."""
    return usual(there)


@register.filter
def is_nightly(there: ZoneTimes) -> bool:
    """Whether an hour begins in one place while most people sleep."""
    return is_at_night(there)


@register.filter
def told_day(there: ZoneTimes) -> str:
    """Tell the weekday of an hour in one place."""
    return str(WEEKDAYS[there.year.weekday])
