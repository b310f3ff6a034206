"""Tags for instants and zones: the reader's zone first, the group's second."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import TypedDict

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from scheduler.text.local_time import (
    LocalTime,
    dated_moment,
    day_and_date,
    day_name,
    local_time,
    part_of_day,
    short_day,
    short_moment,
    zone_name,
)

register = template.Library()


class LocalAndGroupTime(TypedDict):
    """What ``components/local_time.html`` reads; ``there`` is None for a reader in the group's zone."""

    datetime: str
    here: LocalTime
    there: LocalTime | None


@register.inclusion_tag("components/local_time.html", name="local_time")
def reader_and_group_time(at: datetime, there: tzinfo | None = None) -> LocalAndGroupTime:
    """Render an aware instant in the reader's zone, then in another one if it differs."""
    here = timezone.get_current_timezone()
    elsewhere = there is not None and str(there) != str(here)
    return {
        "datetime": machine_time(at),
        "here": local_time(at, here),
        "there": local_time(at, there) if there is not None and elsewhere else None,
    }


class DayHeading(TypedDict):
    """What ``components/day_heading.html`` reads; ``rest`` is the date that the name leaves open."""

    name: str
    rest: str


@register.inclusion_tag("components/day_heading.html", name="day_heading")
def heading_of_day(at: datetime) -> DayHeading:
    """Render the heading over what starts on one day of the reader: ``Tomorrow``, with its date."""
    name, rest = day_and_date(local_day(at), timezone.localdate())
    return {"name": name, "rest": rest}


@register.filter
def local_day(at: datetime) -> date:
    """Return the reader's day of an instant, by which lists are grouped."""
    return timezone.localtime(at).date()


@register.filter
def moment(at: datetime) -> str:
    """Return an instant in the reader's zone in a few letters: ``Tue 1 Dec, 20:00``."""
    return dated_moment(at)


@register.simple_tag
def row_time(at: datetime, dated: bool = False) -> str:
    """Return the clock at which a row of a list starts, in the reader's zone.

    With ``dated`` the day stands below it, for a list whose headings do not name the day.
    """
    here = local_time(at, timezone.get_current_timezone())
    day = format_html("<small>{}</small>", short_day(at, timezone.now())) if dated else ""
    return format_html(
        '<time datetime="{}"><bdi dir="ltr">{}</bdi>{}</time>', machine_time(at), here.clock, day
    )


@register.filter(name="short_day")
def day_in_a_few_letters(at: datetime) -> str:
    """Return the reader's day of an instant: ``today``, ``tomorrow``, ``Thu 3 Dec``."""
    return short_day(at, timezone.now())


@register.filter
def moment_in_list(at: datetime) -> str:
    """Return an instant in the reader's zone in a few letters: ``Thu 3 Dec, 05:00``."""
    return short_moment(at, timezone.now())


@register.filter
def day_in_list(at: datetime) -> str:
    """Return the reader's day of an instant as people say it: ``Tomorrow``, ``Thursday 10 December``."""
    return day_name(timezone.localtime(at).date(), timezone.localdate())


@register.filter
def city(zone: tzinfo | str) -> str:
    """Return the place of a zone without its country: ``Buenos Aires``."""
    return zone_name(zone).split(",")[0]


@register.filter
def sky(at: datetime) -> str:
    """Return the part of the reader's day: ``night``, ``dawn``, ``day`` or ``dusk``."""
    return part_of_day(timezone.localtime(at))


@register.simple_tag
def places_left(seats: int, taken: int) -> str:
    """Return how many places a session still has: ``3 places left``."""
    left = max(seats - taken, 0)
    if not left:
        return gettext("No place left")
    return ngettext("%(left)d place left", "%(left)d places left", left) % {"left": left}


@register.simple_tag
def zone_here() -> str:
    """Return the reader's zone with its present offset: ``Copenhagen (UTC+01:00)``."""
    here = local_time(timezone.now(), timezone.get_current_timezone())
    return here.place if here.offset == here.place else f"{here.place} ({here.offset})"


@register.filter
def zone_label(zone: tzinfo | str) -> str:
    """Return the place people know a zone by: ``Buenos Aires, Argentina``."""
    return zone_name(zone)


@register.filter
def utc_offset(at: datetime, zone: tzinfo) -> str:
    """Return a zone's offset at an instant: ``UTC+05:45``, ``UTC−03:00``."""
    return local_time(at, zone).offset


@register.filter
def machine_time(at: datetime) -> str:
    """Return an aware instant for the ``datetime`` attribute: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
