"""Tags for instants and zones: the reader's zone first, the group's second."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Final, TypedDict

from django import template
from django.utils import timezone

from scheduler.text.local_time import LocalTime, local_time, zone_name

register = template.Library()

DEFAULT_DIAL_SEATS: Final = 12  # as many as a clock has hours
MAX_DIAL_SEATS: Final = 24  # more would touch each other
DAY_STARTS_HOUR: Final = 6
NIGHT_STARTS_HOUR: Final = 20


class Zoned(TypedDict):
    """What ``components/zoned.html`` reads; ``there`` is None for a reader in the group's zone."""

    datetime: str
    here: LocalTime
    there: LocalTime | None


class CurrentTime(TypedDict):
    """What ``components/local_time.html`` reads."""

    datetime: str
    here: LocalTime
    tz: str


class Dial(TypedDict):
    """What ``components/dial.html`` reads: the hands in degrees, the seats as dash patterns."""

    kind: str
    hour: int
    minute: int
    seats: int
    ring: str
    taken: str


@register.inclusion_tag("components/zoned.html")
def zoned(at: datetime, there: tzinfo | None = None) -> Zoned:
    """Render an aware instant in the reader's zone, then in another one if it differs."""
    here = timezone.get_current_timezone()
    elsewhere = there is not None and str(there) != str(here)
    return {
        "datetime": machine_time(at),
        "here": local_time(at, here),
        "there": local_time(at, there) if there is not None and elsewhere else None,
    }


@register.inclusion_tag("components/local_time.html")
def current_time(now: datetime) -> CurrentTime:
    """Render the present time in the reader's zone."""
    here = timezone.get_current_timezone()
    return {"datetime": machine_time(now), "here": local_time(now, here), "tz": str(here)}


@register.inclusion_tag("components/dial.html")
def dial(
    at: datetime | None = None, seats: int | None = None, taken: int = 0, *, on: bool = False
) -> Dial:
    """Render a clock at the reader's time with a ring of seats, or the logo without an instant.

    It is decoration: everything it shows is also text beside it.
    """
    local = timezone.localtime(at) if at else None
    hours, minutes = (local.hour, local.minute) if local else (10, 10)
    count = min(seats or DEFAULT_DIAL_SEATS, MAX_DIAL_SEATS)
    dark = local is not None and not DAY_STARTS_HOUR <= hours < NIGHT_STARTS_HOUR
    return {
        "kind": "dial--on" if on else "dial--night" if dark else "",
        "hour": hours % 12 * 30 + minutes // 2,
        "minute": minutes * 6,
        "seats": count,
        "ring": _dots(count),
        "taken": _dots(min(taken, count)),
    }


@register.simple_tag
def zone_here() -> str:
    """Return the reader's zone with its present offset: ``Copenhagen (UTC+01:00)``."""
    here = local_time(timezone.now(), timezone.get_current_timezone())
    return f"{here.place} ({here.offset})"


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


def _dots(count: int) -> str:
    """Return the ``stroke-dasharray`` that draws the first ``count`` seats of a ring.

    It ends in a gap longer than any ring: a pattern that repeats would draw its first dot twice.
    """
    return " ".join([".01 .99"] * (count - 1) + [".01 99"]) if count > 0 else ""
