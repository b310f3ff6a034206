"""The best meeting times of a group, computed from the availability its members share with it.

Two sources may be shown: time zones in which at least two other people live, and the group's
heatmap, whose counts are never below five. The order of the times is computed from every shared
week; no result names a person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from civiltime import zones
from optimizer import Attendee, GroupSpec, Reason, Slot, explain, rank, rotate
from optimizer.free_counts import fewest_by_cell, fewest_during
from optimizer.grid import QUARTERS_PER_HOUR
from scheduler.models import AvailabilityHeatmap, Membership, WeeklyAvailability
from scheduler.models.availability import MIN_COUNTED_PEOPLE
from scheduler.queries.member_time_zones import member_time_zones
from scheduler.rules.weeks import next_monday

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from accounts.models import Person
    from optimizer import PersonYear, RankedSlot, Rotation
    from scheduler.models import Group
    from scheduler.queries.member_time_zones import MemberTimeZones

MAX_CANDIDATES: Final = 10
MAX_RANKED_SLOTS: Final = 400
MIN_DISTANCE: Final = timedelta(hours=1)
HORIZON_WEEKS: Final = 52
MIN_OTHER_ANSWERS: Final = 2
"""A time computed from one other person's week would disclose that week."""
ROTATION_SIZE: Final = 2
ROTATION_BUDGET: Final = timedelta(seconds=1)


class AttendanceRequirement:
    """Who has to be there."""

    ME = "me"
    ANYONE = "any"
    ALL = "all"
    NOBODY = "none"


class BestTimeQuery(NamedTuple):
    """A length in minutes, a cadence in weeks, a quorum of people, and who has to be there."""

    minutes: int = 60
    every: int = 1
    quorum: int = 3
    attendance: str = AttendanceRequirement.ANYONE


class CountedAvailability(NamedTuple):
    """The weeks a group may count, and how many active members share none."""

    people: list[Attendee]
    missing: int

    @property
    def members(self) -> int:
        """Return how many active members the group has."""
        return len(self.people) + self.missing

    @property
    def missing_cells(self) -> range:
        """Return one item for each member who shares none."""
        return range(self.missing)

    @property
    def is_countable(self) -> bool:
        """Whether the number of people may be shown."""
        return len(self.people) >= MIN_COUNTED_PEOPLE

    def is_enough(self, *, by: Person) -> bool:
        """Whether enough people besides ``by`` answered, so that a time discloses no one's week."""
        return len([one for one in self.people if one.id != str(by.pk)]) >= MIN_OTHER_ANSWERS


class ZoneTimes(NamedTuple):
    """A meeting time in one zone: the usual local start and the weeks that differ from it."""

    tz: ZoneInfo
    people: int
    year: PersonYear


@dataclass(frozen=True, slots=True)
class BestTimeCandidate:
    """One meeting time, as far as a facilitator may know it.

    Attributes:
        slot: the weekday and time in the group's anchor zone.
        first_local: the first meeting there, naive.
        every: weeks between two meetings.
        minutes: length.
        here: the meeting time in the facilitator's own zone.
        zone_times: the meeting time in the zones that may be named, the most people first.
        free: how many people of the heatmap are free at its worst moment; 0 for fewer than five,
            None without a heatmap.
    """

    slot: Slot
    first_local: datetime
    every: int
    minutes: int
    here: ZoneTimes
    zone_times: list[ZoneTimes]
    free: int | None


@dataclass(frozen=True, slots=True)
class BestTimeResult:
    """The answer to a query.

    Attributes:
        candidates: the best times, best first, at least an hour apart.
        rotation: two times to alternate between if that is fairer, the first week's first; or none.
        is_proven: whether no other pair can be fairer.
        better_anchor: a nameable zone in which the best time of the year is better, if any.
        reason: why there is no time, or none that works in every week.
    """

    candidates: list[BestTimeCandidate]
    rotation: list[BestTimeCandidate]
    is_proven: bool
    better_anchor: ZoneInfo | None
    reason: Reason | None


def counted_availability(
    group: Group, *, by: Person, attendance: str = AttendanceRequirement.ANYONE
) -> CountedAvailability:
    """Return the weeks a group may count, with each person's role in the query."""
    roles = dict(
        Membership.objects.active()
        .filter(group=group, person__deactivated_at=None)
        .values_list("person", "role")
    )
    facilitators = {person for person, role in roles.items() if role != Membership.Role.MEMBER}
    required = {
        AttendanceRequirement.ME: {by.pk},
        AttendanceRequirement.ALL: facilitators,
    }.get(attendance, set())
    weeks = WeeklyAvailability.objects.shared_with(group).with_windows().order_by("pk")
    people = [
        week.to_attendee(
            facilitator=week.person_id in facilitators, required=week.person_id in required
        )
        for week in weeks
    ]
    return CountedAvailability(people, len(roles) - len(people))


def find_best_times(
    group: Group, query: BestTimeQuery, counted: CountedAvailability, *, by: Person, now: datetime
) -> BestTimeResult:
    """Return the best times in the group's anchor zone. Takes up to a few seconds of CPU.

    Check ``counted.is_enough`` first: this function does not.

    Raises:
        OptimizerError: the query is contradictory.
    """
    member_zones = member_time_zones(group, without=by)
    spec = GroupSpec(
        tuple(counted.people),
        timedelta(minutes=query.minutes),
        next_monday(now),
        weeks=HORIZON_WEEKS,
        cadence_weeks=query.every,
        quorum=query.quorum,
        facilitators=0 if query.attendance == AttendanceRequirement.NOBODY else 1,
        anchors=(group.tz.key,),
    )
    ranking = rank(spec, top=MAX_RANKED_SLOTS)
    heatmap = AvailabilityHeatmap.objects.filter(group=group).first()
    builder = _CandidateBuilder(by, member_zones, spec, heatmap)
    held = [one for one in ranking if one.objective.is_held] or list(ranking[:1])
    rotation = rotate(spec, k_max=ROTATION_SIZE, budget=ROTATION_BUDGET) if ranking else None
    return BestTimeResult(
        [builder.build(slot) for slot in _spread_out(held, spec)],
        [builder.build(slot, nth) for nth, slot in enumerate(_pair(rotation))],
        rotation is None or rotation.proven,
        _better_anchor(spec, ranking, _nameable_zone_names(group, by, member_zones)),
        ranking.reason,
    )


def nameable_zones(group: Group, *, by: Person) -> list[ZoneInfo]:
    """Return the zones that may be named: the group's, one's own, those of at least two others."""
    names = _nameable_zone_names(group, by, member_time_zones(group, without=by))
    return [zones.zone(name) for name in names]


def heatmap_by_hour(
    group: Group, tz: ZoneInfo
) -> tuple[AvailabilityHeatmap, list[list[int]]] | None:
    """Return a group's heatmap with its counts for 24 hours of 7 days in a zone, or None.

    A count is how many people are free in the worst quarter hour of the worst week; 0 stands for
    fewer than five.
    """
    heatmap = AvailabilityHeatmap.objects.filter(group=group).first()
    if heatmap is None:
        return None
    by_quarter = fewest_by_cell(heatmap.free_counts, tz.key, heatmap.horizon)
    by_hour = by_quarter.reshape(7, -1, QUARTERS_PER_HOUR).min(axis=2)
    return heatmap, by_hour.T.tolist()


@dataclass(frozen=True, slots=True)
class _CandidateBuilder:
    """Builds candidates from the slots of one search."""

    by: Person
    member_zones: MemberTimeZones
    spec: GroupSpec
    heatmap: AvailabilityHeatmap | None

    def build(self, slot: Slot, nth: int | None = None) -> BestTimeCandidate:
        """Return a slot as a candidate; ``nth`` is its index in a rotation."""
        cadence = self.spec.cadence_weeks
        week = slot.week + cadence * (nth or 0)
        day = self.spec.start + timedelta(weeks=week, days=slot.weekday)
        here, *others = self._zone_times(slot)
        return BestTimeCandidate(
            slot,
            datetime.combine(day, slot.time),
            cadence if nth is None else cadence * ROTATION_SIZE,
            self.spec.horizon.steps * 15,
            here,
            [other for other in others if other.tz != self.by.tz],
            self._free(slot),
        )

    def _zone_times(self, slot: Slot) -> list[ZoneTimes]:
        """Return the slot in the facilitator's own zone, then in each zone that may be named."""
        living = [(self.by.tz, 1), *self.member_zones.named]
        attendees = tuple(Attendee(f"{n}", tz.key, ()) for n, (tz, _people) in enumerate(living))
        years = explain(replace(self.spec, people=attendees), slot).people
        return [
            ZoneTimes(tz, people, year) for (tz, people), year in zip(living, years, strict=True)
        ]

    def _free(self, slot: Slot) -> int | None:
        if self.heatmap is None:
            return None
        horizon = replace(self.heatmap.horizon, steps=self.spec.horizon.steps)
        return fewest_during(self.heatmap.free_counts, replace(slot, week=0), horizon)


def _spread_out(ranked: Iterable[RankedSlot], spec: GroupSpec) -> list[Slot]:
    """Return the best slots that are at least :data:`MIN_DISTANCE` from every better one."""
    chosen: list[Slot] = []
    around = spec.horizon.slots
    for one in ranked:
        gaps = ((one.slot.cell - other.cell) % around for other in chosen)
        if all(min(gap, around - gap) * timedelta(minutes=15) >= MIN_DISTANCE for gap in gaps):
            chosen.append(one.slot)
        if len(chosen) == MAX_CANDIDATES:
            break
    return chosen


def _pair(rotation: Rotation | None) -> Sequence[Slot]:
    return rotation.slots if rotation and len(rotation.slots) == ROTATION_SIZE else ()


def _nameable_zone_names(
    group: Group, by: Person, member_zones: MemberTimeZones
) -> tuple[str, ...]:
    names = (group.tz.key, by.tz.key, *(tz.key for tz, _people in member_zones.named))
    return tuple(dict.fromkeys(names))


def _better_anchor(
    spec: GroupSpec, ranking: Sequence[RankedSlot], names: tuple[str, ...]
) -> ZoneInfo | None:
    """Return the nameable zone in which the best time of the year is better, if there is one."""
    if not ranking:
        return None
    best = rank(replace(spec, anchors=names), top=1)[0]
    return zones.zone(best.slot.anchor) if best.objective < ranking[0].objective else None
