"""Tags for groups, their series and sessions, and changes of their times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse

from accounts import languages
from civiltime.recurrence import Rule
from scheduler.models import Seat
from scheduler.text.schedule import (
    change_in_words,
    hour_change_in_words,
    hour_change_there_in_words,
    rule_in_words,
)

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from civiltime.drift import HourChange
    from scheduler.models import Group, Occurrence, Organisation, ScheduleChange, Series
    from scheduler.queries.clock_changes import UpcomingClockChange

register = template.Library()


@register.filter
def is_on(occurrence: Occurrence, now: datetime) -> bool:
    """Whether a session is taking place."""
    return occurrence.is_on(now)


@register.filter
def can_join(occurrence: Occurrence, now: datetime) -> bool:
    """Whether people may wait for the room to open, or be in it."""
    return occurrence.can_join(now)


@register.filter
def has_offer(occurrence: Occurrence, now: datetime) -> bool:
    """Whether a free place is kept for the reader (``with_seat_of``), who was on the waiting list."""
    ends_at = occurrence.my_offer_ends_at
    return occurrence.my_seat == Seat.State.OFFERED and ends_at is not None and ends_at > now


@register.filter
def languages_spoken(group: Group) -> list[str]:
    """Return the languages of a group, each by its own name."""
    return [languages.native_name(code) for code in group.languages]


@register.filter
def public_calendars(organisation: Organisation) -> list[tuple[str, str]]:
    """Return the language and the URL of each public calendar of an organisation."""
    listed = [group for group in organisation.groups.all() if group.is_listed]
    spoken = sorted({code for group in listed for code in group.languages})
    return [
        (languages.native_name(code), reverse("feed", args=[f"o/{organisation.key}/{code}"]))
        for code in spoken
    ]


@register.filter
def in_words(series: Series) -> str:
    """Return the rule of a series in its zone: ``Every week on Tuesday at 18:00``."""
    return rule_in_words(Rule.parse(series.rule), series.first_local)


@register.filter
def clock_change_here(upcoming: UpcomingClockChange) -> str:
    """Return when a group's local time differs for the reader because clocks change."""
    return hour_change_in_words(upcoming.change, upcoming.tz)


@register.filter
def clock_change_there(change: HourChange, tz: ZoneInfo) -> str:
    """Return when a group's local time differs for the people of another zone."""
    return hour_change_there_in_words(change, tz)


@register.filter
def schedule_change(change: ScheduleChange) -> str:
    """Return what a change did to a session's time or length: ``Tue 9 June 18:00 → …``."""
    return change_in_words(change)
