"""Tags for the candidates of a best-time search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.dates import WEEKDAYS

from scheduler.text import best_time
from scheduler.text.local_time import zone_name

if TYPE_CHECKING:
    from scheduler.queries.best_time import BestTimeCandidate, ZoneTimes

register = template.Library()


@register.simple_tag
def points(candidate: BestTimeCandidate, people: int = 0) -> list[best_time.Point]:
    """Return what to know about a candidate; ``people`` is the heatmap's count."""
    zone_times = (candidate.here, *candidate.zone_times)
    names = {zone_time.tz.key: zone_name(zone_time.tz) for zone_time in zone_times}
    return list(best_time.points_of(candidate, names, people))


@register.filter
def usual_time(zone_time: ZoneTimes) -> str:
    """Return the usual local weekday and time: ``Thursday 21:00``."""
    return best_time.usual_time(zone_time)


@register.filter
def usual_weekday(zone_time: ZoneTimes) -> str:
    """Return the usual local weekday: ``Thursday``."""
    return str(WEEKDAYS[zone_time.year.weekday])
