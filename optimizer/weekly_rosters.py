"""Rosters for the dated sessions of the coming weeks: one week at a time, in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import optimizer
from civiltime import zones
from optimizer.facilitators import MAX_LOAD, Facilitator, Opening
from optimizer.grid import QUARTER_HOUR, Slot
from optimizer.provenance import Provenance, digest
from optimizer.tz_table import installed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from optimizer.people import Attendee
    from optimizer.progress import ProgressCallback

ONE_WEEK: Final = timedelta(weeks=1)
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class UnledSession:
    """A dated session without a facilitator.

    Attributes:
        id: distinct within a question.
        group: id of its group.
        languages: languages of the group (BCP 47 tags).
        zone: zone of the group.
        starts_local: naive local start on the clock of ``zone``.
        starts_at: start, aware.
        ends_at: end, aware.
        excluded: ids of people who may not lead it.
    """

    id: str
    group: str
    languages: frozenset[str]
    zone: str
    starts_local: datetime
    starts_at: datetime
    ends_at: datetime
    excluded: frozenset[str] = frozenset()

    @property
    def monday(self) -> date:
        """The local date of the Monday of its week, in its own zone."""
        return self.starts_local.date() - timedelta(days=self.starts_local.weekday())

    @property
    def opening(self) -> Opening:
        """It as an opening of a roster, rounded outwards to quarter hours; its id is the language."""
        begun = self.starts_local.minute % 15
        first = self.starts_local.replace(second=0, microsecond=0) - timedelta(minutes=begun)
        lasts = self.ends_at - self.starts_at + timedelta(minutes=begun)
        slot = Slot(self.zone, first.weekday(), first.time())
        return Opening(
            self.id, self.id, min(ONE_DAY, -(-lasts // QUARTER_HOUR) * QUARTER_HOUR), (slot,)
        )


@dataclass(frozen=True, slots=True)
class AvailableFacilitator:
    """A person who can lead sessions.

    Attributes:
        person: their zone and availability.
        languages: languages they lead in (BCP 47 tags).
        max_per_week: how many sessions a week they lead at most, those in ``busy`` included.
        busy: aware starts and ends of the sessions they lead already.
    """

    person: Attendee
    languages: frozenset[str]
    max_per_week: int
    busy: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedLeader:
    """A session with the facilitator proposed for it.

    Attributes:
        session: id of the session.
        facilitator: id of the person.
        language: one that both share.
        nth_in_week: 1 if it is their first session of that week, counting those they have.
        is_previous_leader: whether they lead, or would lead, the group's previous session.
    """

    session: str
    facilitator: str
    language: str
    nth_in_week: int
    is_previous_leader: bool


class UnledReason:
    """Why a session has no facilitator; stable codes."""

    NO_LANGUAGE: Final = "no_language"
    NO_HOUR: Final = "no_hour"
    ALL_TAKEN: Final = "all_taken"


@dataclass(frozen=True, slots=True)
class WeeklyRosters:
    """A proposal for some weeks.

    Attributes:
        proposals: by week, then in order of the sessions.
        unled: the other sessions by id, each with a code of :class:`UnledReason`.
        proven: whether in no week a better roster exists.
        provenance: versions and input.
    """

    proposals: tuple[ProposedLeader, ...]
    unled: Mapping[str, str]
    proven: bool
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class WeeklyQuestion:
    """Who should lead the sessions of some weeks.

    Attributes:
        sessions: sessions without a facilitator.
        facilitators: people who can lead.
        last_led: by group id, the id of the person who led its last session.
        budget: time for the search, all weeks together.
        buffer: time kept free between two sessions of one person.
    """

    sessions: tuple[UnledSession, ...]
    facilitators: tuple[AvailableFacilitator, ...]
    last_led: Mapping[str, str]
    budget: timedelta
    buffer: timedelta = QUARTER_HOUR

    def answer(self, on_progress: ProgressCallback) -> WeeklyRosters:
        """Return a roster for each week, from the earliest on; each takes the previous into account.

        Raises:
            OptimizerError: as :func:`optimizer.roster`.
        """
        weeks: dict[date, list[UnledSession]] = defaultdict(list)
        for session in sorted(self.sessions, key=lambda session: (session.starts_at, session.id)):
            weeks[session.monday].append(session)
        planner = _WeeklyPlanner(self)
        proven = [planner.week(monday, weeks[monday], on_progress) for monday in sorted(weeks)]
        return WeeklyRosters(
            tuple(planner.proposals), planner.unled, all(proven), self._provenance()
        )

    def _provenance(self) -> Provenance:
        """Return the versions and the hash of the input."""
        people = [facilitator.person for facilitator in self.facilitators]
        load = [(sorted(h.languages), h.max_per_week, h.busy) for h in self.facilitators]
        input_values = [
            (n.id, n.zone, n.starts_at, n.ends_at, sorted(n.languages)) for n in self.sessions
        ]
        return Provenance(
            installed().version, digest(people, input_values, load, sorted(self.last_led.items()))
        )


class _WeeklyPlanner:
    """Plans week after week, with the sessions already assigned to each person."""

    def __init__(self, question: WeeklyQuestion) -> None:
        self.proposals: list[ProposedLeader] = []
        self.unled: dict[str, str] = {}
        self._question = question
        self._busy = {
            facilitator.person.id: list(facilitator.busy) for facilitator in question.facilitators
        }
        self._last = dict(question.last_led)
        weeks = {session.monday for session in question.sessions}
        self._budget = question.budget / max(1, len(weeks))

    def week(
        self, monday: date, sessions: Sequence[UnledSession], on_progress: ProgressCallback
    ) -> bool:
        """Add one week's roster; return whether it is proven optimal."""
        may = {session.id: {h.person.id for h in self._able(session)} for session in sessions}
        load = {
            facilitator.person.id: self._sessions_in_week(facilitator, monday)
            for facilitator in self._question.facilitators
        }
        facilitators = [
            Facilitator(
                facilitator.person,
                frozenset(
                    session.id for session in sessions if facilitator.person.id in may[session.id]
                ),
                max(0, min(MAX_LOAD, facilitator.max_per_week) - load[facilitator.person.id]),
            )
            for facilitator in self._question.facilitators
        ]
        found = optimizer.roster(  # imports its solver
            [session.opening for session in sessions],
            facilitators,
            monday,
            weeks=1,
            buffer=self._question.buffer,
            previous={n.id: self._last[n.group] for n in sessions if n.group in self._last},
            budget=self._budget,
            on_progress=on_progress,
        )
        by_id = {session.id: session for session in sessions}
        counts = Counter(load)
        for given in found.assignments:
            counts[given.facilitator] += 1
            self._record(by_id[given.opening], given.facilitator, counts[given.facilitator])
        for session, why in found.unfilled.items():
            self.unled[session] = self._unled_reason(by_id[session], why)
        return found.proven

    def _record(self, session: UnledSession, facilitator: str, nth_in_week: int) -> None:
        """Add a proposal, and the session to the person's sessions."""
        speaks = next(
            h.languages for h in self._question.facilitators if h.person.id == facilitator
        )
        shared = min(session.languages & speaks)
        self.proposals.append(
            ProposedLeader(
                session.id,
                facilitator,
                shared,
                nth_in_week,
                self._last.get(session.group) == facilitator,
            )
        )
        self._last[session.group] = facilitator
        self._busy[facilitator].append((session.starts_at, session.ends_at))

    def _able(self, session: UnledSession) -> Iterable[AvailableFacilitator]:
        """Yield the people who speak a language of the session, are not excluded and have time."""
        for facilitator in self._speaking(session):
            gap = self._question.buffer
            busy = any(
                start < session.ends_at + gap and session.starts_at < end + gap
                for start, end in self._busy[facilitator.person.id]
            )
            if not busy:
                yield facilitator

    def _speaking(self, session: UnledSession) -> Iterable[AvailableFacilitator]:
        """Yield the people who speak a language of the session and are not excluded."""
        for facilitator in self._question.facilitators:
            if (
                facilitator.languages & session.languages
                and facilitator.person.id not in session.excluded
            ):
                yield facilitator

    def _sessions_in_week(self, facilitator: AvailableFacilitator, monday: date) -> int:
        """Return how many sessions a person has in a week of their own clock."""
        tz = zones.zone(facilitator.person.zone)
        begin = datetime.combine(monday, time(), tz)
        busy = self._busy[facilitator.person.id]
        return sum(begin <= start.astimezone(tz) < begin + ONE_WEEK for start, _ in busy)

    def _unled_reason(self, session: UnledSession, why: optimizer.UnfilledReason) -> str:
        """Return the code of the reason why a session has no facilitator."""
        if why is optimizer.UnfilledReason.NO_HOUR:
            return UnledReason.NO_HOUR
        if any(self._speaking(session)):
            return UnledReason.ALL_TAKEN
        return UnledReason.NO_LANGUAGE
