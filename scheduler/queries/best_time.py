"""Look for a group's hour: what its people told goes in, hours and sums come out, never anybody.

What may be said of an hour comes from two places only: from the zones in which at least two people
live, which facilitators see anyway, and from the group's picture, which holds sums of at least
five. The order of the hours is worked out from everybody's week.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from civiltime import zones
from optimizer import Attendee, GroupSpec, Reason, Slot, explain, rank, rotate
from optimizer.free_counts import fewest_by_cell, fewest_during
from optimizer.grid import QUARTERS_PER_HOUR
from scheduler.models import AvailabilityHeatmap, Membership, WeeklyAvailability
from scheduler.models.availability import FEWEST_COUNTED
from scheduler.queries.member_time_zones import member_time_zones

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from accounts.models import Person
    from optimizer import PersonYear, RankedSlot, Rotation
    from scheduler.models import Group
    from scheduler.queries.member_time_zones import MemberTimeZones

SHOWN: Final = 10
LOOKED_AT: Final = 400
APART: Final = timedelta(hours=1)
A_YEAR: Final = 52  # weeks
FEWEST_BESIDES: Final = 2
"""An hour found for one other person would tell her week."""
TURNS: Final = 2
TURNS_BUDGET: Final = timedelta(seconds=1)


class AttendanceRequirement:
    """Who has to be there."""

    ME = "me"
    ANYONE = "any"
    ALL = "all"
    NOBODY = "none"


class BestTimeQuery(NamedTuple):
    """What a facilitator asks for: a length, a cadence in weeks, a quorum, who must be there."""

    minutes: int = 60
    every: int = 1
    quorum: int = 3
    must: str = AttendanceRequirement.ANYONE


class CountedAvailability(NamedTuple):
    """Who let this group count her week, and how many did not tell."""

    people: list[Attendee]
    silent: int

    @property
    def are_many(self) -> bool:
        """Whether their number may be told."""
        return len(self.people) >= FEWEST_COUNTED


class ZoneTimes(NamedTuple):
    """What an hour is in one place, all year: the usual local start, and the weeks of another."""

    tz: ZoneInfo
    people: int
    year: PersonYear


@dataclass(frozen=True, slots=True)
class BestTimeCandidate:
    """One hour, as a facilitator may know it.

    Attributes:
        slot: the hour on the group's clock.
        first_local: when it would first be held, there.
        every: how many weeks lie between its meetings.
        minutes: how long it lasts.
        here: the year of whoever asks.
        places: the year of the places that may be named, the largest first.
        free: how many are free at its emptiest moment, from the picture; 0 for fewer than five,
            None without a picture.
    """

    slot: Slot
    first_local: datetime
    every: int
    minutes: int
    here: ZoneTimes
    places: list[ZoneTimes]
    free: int | None


@dataclass(frozen=True, slots=True)
class BestTimeResult:
    """Everything that a search shows.

    Attributes:
        offers: the best hours, best first, at least an hour apart.
        turns: two hours to take in turn, if that is fairer; the first one is the first week's.
        is_proven: whether no pair can be fairer.
        kinder: another clock on which the best hour is better, if there is one.
        reason: why there is no hour, or none that holds every week.
    """

    offers: list[BestTimeCandidate]
    turns: list[BestTimeCandidate]
    is_proven: bool
    kinder: ZoneInfo | None
    reason: Reason | None


def counted_availability(
    group: Group, *, by: Person, must: str = AttendanceRequirement.ANYONE
) -> CountedAvailability:
    """Return the weeks that a group may count, with what each person is to a search."""
    roles = dict(Membership.objects.active().filter(
        group=group, person__deactivated_at=None).values_list("person", "role"))  # fmt: skip
    runs = {person for person, role in roles.items() if role != Membership.Role.MEMBER}
    required = {AttendanceRequirement.ME: {by.pk}, AttendanceRequirement.ALL: runs}.get(must, set())
    weeks = WeeklyAvailability.objects.counted_in(group).whole().order_by("pk")
    people = [
        week.asked(facilitator=week.person_id in runs, required=week.person_id in required)
        for week in weeks
    ]
    return CountedAvailability(people, len(roles) - len(people))


def is_enough(told: CountedAvailability, *, by: Person) -> bool:
    """Whether enough others told, so that an hour says nothing about one of them."""
    return len([one for one in told.people if one.id != str(by.pk)]) >= FEWEST_BESIDES


def find(
    group: Group, asking: BestTimeQuery, told: CountedAvailability, *, by: Person, now: datetime
) -> BestTimeResult:
    """Return the best hours on the group's clock, a fair pair, and a kinder clock if there is one.

    Raises:
        OptimizerError: the question makes no sense.
    """
    places = member_time_zones(group, besides=by)
    spec = GroupSpec(
        tuple(told.people),
        timedelta(minutes=asking.minutes),
        next_monday(now),
        weeks=A_YEAR,
        cadence_weeks=asking.every,
        quorum=asking.quorum,
        facilitators=0 if asking.must == AttendanceRequirement.NOBODY else 1,
        anchors=(group.tz.key,),
    )
    ranking = rank(spec, top=LOOKED_AT)
    picture = AvailabilityHeatmap.objects.filter(group=group).first()
    look = _Look(by, places, spec, picture)
    held = [one for one in ranking if one.objective.is_held] or list(ranking[:1])
    turns = rotate(spec, k_max=TURNS, budget=TURNS_BUDGET) if ranking else None
    return BestTimeResult(
        [look.offer(slot) for slot in _apart(held, spec)],
        [look.offer(slot, turn) for turn, slot in enumerate(_pair(turns))],
        turns is None or turns.proven,
        _kinder(spec, ranking, _clocks(group, by, places)),
        ranking.reason,
    )


def time_zone_groups(group: Group, *, by: Person) -> list[ZoneInfo]:
    """Return the clocks that may be named: the group's, one's own, and those of several people."""
    return [zones.zone(name) for name in _clocks(group, by, member_time_zones(group, besides=by))]


def heatmap(group: Group, tz: ZoneInfo) -> tuple[AvailabilityHeatmap, list[list[int]]] | None:
    """Return a group's picture, and for 24 hours of 7 days how many are free all of each hour.

    The worst quarter hour of the worst week counts; 0 stands for fewer than five.
    """
    picture = AvailabilityHeatmap.objects.filter(group=group).first()
    if picture is None:
        return None
    by_quarter = fewest_by_cell(picture.free, tz.key, picture.horizon)
    by_hour = by_quarter.reshape(7, -1, QUARTERS_PER_HOUR).min(axis=2)
    return picture, by_hour.T.tolist()


def next_monday(now: datetime) -> date:
    """Return the first day of the next week."""
    return now.date() + timedelta(days=7 - now.weekday())


@dataclass(frozen=True, slots=True)
class _Look:
    """Turns slots into offers."""

    by: Person
    places: MemberTimeZones
    spec: GroupSpec
    picture: AvailabilityHeatmap | None

    def offer(self, slot: Slot, turn: int | None = None) -> BestTimeCandidate:
        cadence = self.spec.cadence_weeks
        week = slot.week + cadence * (turn or 0)
        day = self.spec.start + timedelta(weeks=week, days=slot.weekday)
        living = [(self.by.tz, 1), *self.places.named]
        clocks = tuple(Attendee(f"{n}", tz.key, ()) for n, (tz, _people) in enumerate(living))
        years = explain(replace(self.spec, people=clocks), slot).people
        here, *places = (
            ZoneTimes(tz, people, year) for (tz, people), year in zip(living, years, strict=True)
        )
        return BestTimeCandidate(
            slot,
            datetime.combine(day, slot.time),
            cadence if turn is None else cadence * TURNS,
            self.spec.horizon.steps * 15,
            here,
            [there for there in places if there.tz != self.by.tz],
            self._free(slot),
        )

    def _free(self, slot: Slot) -> int | None:
        if self.picture is None:
            return None
        horizon = replace(self.picture.horizon, steps=self.spec.horizon.steps)
        return fewest_during(self.picture.free, replace(slot, week=0), horizon)


def _apart(ranked: Iterable[RankedSlot], spec: GroupSpec) -> list[Slot]:
    """Keep the best of each cluster of hours, so that ten hours are ten choices."""
    chosen: list[Slot] = []
    around = spec.horizon.slots
    for one in ranked:
        gaps = ((one.slot.cell - other.cell) % around for other in chosen)
        if all(min(gap, around - gap) * timedelta(minutes=15) >= APART for gap in gaps):
            chosen.append(one.slot)
        if len(chosen) == SHOWN:
            break
    return chosen


def _pair(turns: Rotation | None) -> Sequence[Slot]:
    return turns.slots if turns and len(turns.slots) == TURNS else ()


def _clocks(group: Group, by: Person, places: MemberTimeZones) -> tuple[str, ...]:
    names = (group.tz.key, by.tz.key, *(tz.key for tz, _people in places.named))
    return tuple(dict.fromkeys(names))


def _kinder(
    spec: GroupSpec, ranking: Sequence[RankedSlot], clocks: tuple[str, ...]
) -> ZoneInfo | None:
    """Return a clock that may be named and on which the best hour of the year is better."""
    if not ranking:
        return None
    best = rank(replace(spec, anchors=clocks), top=1)[0]
    return zones.zone(best.slot.anchor) if best.objective < ranking[0].objective else None
