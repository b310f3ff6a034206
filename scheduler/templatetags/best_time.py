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
def costs(candidate: BestTimeCandidate, people: int = 0) -> list[str]:
    """Return the drawbacks of a candidate as sentences; ``people`` is the heatmap's count."""
    zone_times = (candidate.here, *candidate.zone_times)
    names = {zone_time.tz.key: zone_name(zone_time.tz) for zone_time in zone_times}
    return list(best_time.costs_of(candidate, names, people))


@register.filter
def usual_time(zone_time: ZoneTimes) -> str:
    """Return the usual local weekday and time: ``Thursday 21:00``."""
    return best_time.usual_time(zone_time)


@register.filter
def usual_weekday(zone_time: ZoneTimes) -> str:
    """Return the usual local weekday: ``Thursday``."""
    return str(WEEKDAYS[zone_time.year.weekday])


@register.filter
def is_at_night(zone_time: ZoneTimes) -> bool:
    """Whether it usually starts while most people sleep."""
    return best_time.is_at_night(zone_time)
