"""Who leads the dated sessions of the coming weeks: one roster a week, each knowing the last."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import optimizer
from civiltime import zones
from optimizer.facilitators import MAX_LOAD, Facilitator, Opening
from optimizer.grid import QUARTER, Slot
from optimizer.provenance import Provenance, digest
from optimizer.tz_table import installed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from optimizer.people import Attendee
    from optimizer.progress import Watcher

A_WEEK: Final = timedelta(weeks=1)
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Need:
    """A dated session that lacks somebody to lead it.

    ``starts_local`` is naive, on the clock of ``zone``; ``starts_at`` and ``ends_at`` are aware.
    Nobody in ``shut_out``, ids of helpers, may lead it.
    """

    id: str
    group: str
    languages: frozenset[str]
    zone: str
    starts_local: datetime
    starts_at: datetime
    ends_at: datetime
    shut_out: frozenset[str] = frozenset()

    @property
    def monday(self) -> date:
        """The first day of its week, where it is agreed."""
        return self.starts_local.date() - timedelta(days=self.starts_local.weekday())

    @property
    def opening(self) -> Opening:
        """It as a roster knows it: the quarter hours that hold it. Only who may lead speaks it."""
        begun = self.starts_local.minute % 15
        first = self.starts_local.replace(second=0, microsecond=0) - timedelta(minutes=begun)
        lasts = self.ends_at - self.starts_at + timedelta(minutes=begun)
        slot = Slot(self.zone, first.weekday(), first.time())
        return Opening(self.id, self.id, min(A_DAY, -(-lasts // QUARTER) * QUARTER), (slot,))


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who could lead: her week, her languages, how many sessions a week she holds well.

    ``taken`` are the sessions she has already, as aware starts and ends.
    """

    person: Attendee
    languages: frozenset[str]
    max_sessions_per_week: int
    taken: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Led:
    """A session and who could lead it.

    Attributes:
        language: the one they share.
        place_in_week: 1 if it would be her first session of that week, with those she has.
        again: whether she leads, or would lead, that group's session before this one.
    """

    need: str
    helper: str
    language: str
    place_in_week: int
    again: bool


class NotLed:
    """Why a session stays without anybody; stable and for machines."""

    NO_LANGUAGE: Final = "no_language"
    NO_HOUR: Final = "no_hour"
    ALL_TAKEN: Final = "all_taken"


@dataclass(frozen=True, slots=True)
class WeeklyRosters:
    """A proposal for some weeks; ``proven`` if in no week a better one exists."""

    led: tuple[Led, ...]
    not_led: Mapping[str, str]
    proven: bool
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class WeeklyQuestion:
    """Sessions, people, and who led each group last; ``budget`` is for all weeks together.

    ``buffer`` lies between two sessions of one person.
    """

    needs: tuple[Need, ...]
    helpers: tuple[Helper, ...]
    last_led: Mapping[str, str]
    budget: timedelta
    buffer: timedelta = QUARTER

    def answer(self, watcher: Watcher) -> WeeklyRosters:
        """Find a roster for each week, the earliest first."""
        weeks: dict[date, list[Need]] = defaultdict(list)
        for need in sorted(self.needs, key=lambda need: (need.starts_at, need.id)):
            weeks[need.monday].append(need)
        course = _Course(self)
        proven = [course.week(monday, weeks[monday], watcher) for monday in sorted(weeks)]
        return WeeklyRosters(tuple(course.led), course.not_led, all(proven), self._stamp())

    def _stamp(self) -> Provenance:
        people = [helper.person for helper in self.helpers]
        held = [(sorted(h.languages), h.max_sessions_per_week, h.taken) for h in self.helpers]
        asked = [(n.id, n.zone, n.starts_at, n.ends_at, sorted(n.languages)) for n in self.needs]
        return Provenance(
            installed().version, digest(people, asked, held, sorted(self.last_led.items()))
        )


class _Course:
    """The weeks so far: who has what, who led whom."""

    def __init__(self, question: WeeklyQuestion) -> None:
        self.led: list[Led] = []
        self.not_led: dict[str, str] = {}
        self._question = question
        self._taken = {helper.person.id: list(helper.taken) for helper in question.helpers}
        self._last = dict(question.last_led)
        weeks = {need.monday for need in question.needs}
        self._budget = question.budget / max(1, len(weeks))

    def week(self, monday: date, needs: Sequence[Need], watcher: Watcher) -> bool:
        """Add one week's roster; return whether none is better."""
        may = {need.id: {h.person.id for h in self._able(need)} for need in needs}
        held = {helper.person.id: self._held(helper, monday) for helper in self._question.helpers}
        facilitators = [
            Facilitator(
                helper.person,
                frozenset(need.id for need in needs if helper.person.id in may[need.id]),
                max(0, min(MAX_LOAD, helper.max_sessions_per_week) - held[helper.person.id]),
            )
            for helper in self._question.helpers
        ]
        found = optimizer.roster(  # brings its solver along when it is asked
            [need.opening for need in needs],
            facilitators,
            monday,
            weeks=1,
            buffer=self._question.buffer,
            previous={n.id: self._last[n.group] for n in needs if n.group in self._last},
            budget=self._budget,
            watcher=watcher,
        )
        by_id = {need.id: need for need in needs}
        places = Counter(held)
        for given in found.assignments:
            places[given.facilitator] += 1
            self._note(by_id[given.opening], given.facilitator, places[given.facilitator])
        for need, why in found.unfilled.items():
            self.not_led[need] = self._why(by_id[need], why)
        return found.proven

    def _note(self, need: Need, helper: str, place: int) -> None:
        speaks = next(h.languages for h in self._question.helpers if h.person.id == helper)
        shared = min(need.languages & speaks)
        self.led.append(Led(need.id, helper, shared, place, self._last.get(need.group) == helper))
        self._last[need.group] = helper
        self._taken[helper].append((need.starts_at, need.ends_at))

    def _able(self, need: Need) -> Iterable[Helper]:
        """Yield who speaks a language of the session, is welcome, and has nothing else then."""
        for helper in self._speaking(need):
            gap = self._question.buffer
            busy = any(
                start < need.ends_at + gap and need.starts_at < end + gap
                for start, end in self._taken[helper.person.id]
            )
            if not busy:
                yield helper

    def _speaking(self, need: Need) -> Iterable[Helper]:
        for helper in self._question.helpers:
            if helper.languages & need.languages and helper.person.id not in need.shut_out:
                yield helper

    def _held(self, helper: Helper, monday: date) -> int:
        """Return how many sessions she has already in a week, on her own clock."""
        tz = zones.zone(helper.person.zone)
        begin = datetime.combine(monday, time(), tz)
        taken = self._taken[helper.person.id]
        return sum(begin <= start.astimezone(tz) < begin + A_WEEK for start, _ in taken)

    def _why(self, need: Need, why: optimizer.Unfilled) -> str:
        if why is optimizer.Unfilled.NO_HOUR:
            return NotLed.NO_HOUR
        if any(self._speaking(need)):
            return NotLed.ALL_TAKEN
        return NotLed.NO_LANGUAGE
