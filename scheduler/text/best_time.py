"""Drawbacks of a meeting time as sentences that name only zones of several people and sums of five."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from optimizer import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.utils.functional import Promise

    from scheduler.queries.best_time import BestTimeCandidate, ZoneTimes

EARLIEST_START: Final = time(7)
LATEST_END: Final = time(23)
NIGHT_ENDS_HOUR: Final = 6
MINUTES_PER_WEEK: Final = 7 * 24 * 60
MINUTES_PER_HOUR: Final = 60

REASONS: Final[dict[Reason, Promise]] = {
    Reason.NOBODY_AVAILABLE: gettext_lazy(
        "Everyone who answered is not available at any time so far. Ask the members for one evening "
        "they could spare."
    ),
    Reason.NO_WINDOW_LONG_ENOUGH: gettext_lazy(
        "Nobody is available for that long. Try a shorter session."
    ),
    Reason.NO_HOUR_HOLDS: gettext_lazy(
        "No time works in every week of the year. This one works in most: try a lower number of "
        "people, a shorter session, or two times in turn."
    ),
}


class Shift(NamedTuple):
    """Consecutive weeks with another local time than usual."""

    first: date
    weeks: int
    clock: time
    minutes: int


def usual_time(zone_time: ZoneTimes) -> str:
    """Return the usual local weekday and time: “Thursday 21:00”."""
    return f"{WEEKDAYS[zone_time.year.weekday]} {time_format(zone_time.year.time, 'H:i')}"


def is_at_night(zone_time: ZoneTimes) -> bool:
    """Whether it usually starts there while most people sleep."""
    return zone_time.year.time.hour < NIGHT_ENDS_HOUR


def shifts_of(zone_time: ZoneTimes, every: int) -> list[Shift]:
    """Return the weeks of the year with another local time in a zone."""
    numbered = enumerate(zone_time.year.drift)
    runs = groupby(numbered, key=lambda pair: (pair[1].occurrence - pair[0], pair[1].local.time()))
    return [_shift(zone_time, [week for _n, week in run], every) for _key, run in runs]


def _shift(zone_time: ZoneTimes, weeks: list, every: int) -> Shift:  # type: ignore[type-arg]
    first = weeks[0].local
    at = first.weekday() * 24 * 60 + first.hour * 60 + first.minute
    usually = (
        zone_time.year.weekday * 24 * 60
        + zone_time.year.time.hour * 60
        + zone_time.year.time.minute
    )
    moved = (at - usually + MINUTES_PER_WEEK // 2) % MINUTES_PER_WEEK - MINUTES_PER_WEEK // 2
    return Shift(first.date(), len(weeks) * every, first.time(), moved)


def shift_in_words(shift: Shift, place: str) -> str:
    """Return “for 1 week from 27 March it is an hour later in Cairo, at 22:00”."""
    sentence = ngettext(
        "For {weeks} week from {date} it is {later} in {place}, at {clock}.",
        "For {weeks} weeks from {date} it is {later} in {place}, at {clock}.",
        shift.weeks,
    )
    return sentence.format(
        weeks=shift.weeks,
        date=date_format(shift.first, "j F"),
        later=_shift_text(shift.minutes),
        place=place,
        clock=time_format(shift.clock, "H:i"),
    )


def _shift_text(minutes: int) -> str:
    if abs(minutes) == MINUTES_PER_HOUR:
        return _("an hour later") if minutes > 0 else _("an hour earlier")
    text = _("{minutes} minutes later") if minutes > 0 else _("{minutes} minutes earlier")
    return text.format(minutes=abs(minutes))


class Point(NamedTuple):
    """One thing to know about a meeting time, in a sentence."""

    text: str
    is_good: bool


def points_of(
    candidate: BestTimeCandidate, zone_names: dict[str, str], people: int
) -> Iterator[Point]:
    """Yield what to know; ``zone_names`` by zone key, ``people`` of the heatmap."""
    if candidate.free is not None:
        yield Point(_free(candidate.free, people), candidate.free == people)
    yield from (Point(sentence, is_good=True) for sentence in _edge_sentences(candidate))
    zone_times = [candidate.here, *candidate.zone_times]
    for zone_time in filter(is_at_night, zone_times):
        yield Point(_night(zone_time, zone_names[zone_time.tz.key]), is_good=False)
    for zone_time in zone_times:
        for shift in shifts_of(zone_time, candidate.every):
            said = shift_in_words(shift, zone_names[zone_time.tz.key])
            yield Point(said, is_good=False)


def costs_of(
    candidate: BestTimeCandidate, zone_names: dict[str, str], people: int
) -> Iterator[str]:
    """Yield the sentences of :func:`points_of`."""
    yield from (point.text for point in points_of(candidate, zone_names, people))


def _night(zone_time: ZoneTimes, place: str) -> str:
    clock = time_format(zone_time.year.time, "H:i")
    return _("In {place} it starts at {clock}, at night.").format(place=place, clock=clock)


def _edge_sentences(candidate: BestTimeCandidate) -> Iterator[str]:
    """Yield a sentence if the time is neither early nor late in any named zone all year."""
    if not candidate.zone_times:
        return
    zone_times = [candidate.here, *candidate.zone_times]
    starts = [at for zone_time in zone_times for at in _starts(zone_time)]
    ends = [_plus(at, candidate.minutes) for at in starts]
    if min(starts) >= EARLIEST_START and max(ends) <= LATEST_END and min(ends) > EARLIEST_START:
        yield _("It is between 07:00 and 23:00 in every place shown.")


def _starts(zone_time: ZoneTimes) -> list[time]:
    return [zone_time.year.time, *(week.local.time() for week in zone_time.year.drift)]


def _plus(at: time, minutes: int) -> time:
    whole = timedelta(hours=at.hour, minutes=at.minute + minutes) % timedelta(days=1)
    return time(whole.seconds // 3600, whole.seconds // 60 % 60)


def _free(free: int, people: int) -> str:
    if free == people:
        return _("All {people} who answered can come, every week.").format(people=people)
    if free:
        return _("At least {free} of {people} who answered can come, every week.").format(
            free=free, people=people
        )
    return _("In some weeks fewer than five can come.")
