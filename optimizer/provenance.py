"""The versions and the input from which a result was computed."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from optimizer.objective import OBJECTIVE_VERSION
from optimizer.weekly_availability import UNSET_WEEK, levels_from_windows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from optimizer.groups import GroupSpec
    from optimizer.people import Attendee
    from optimizer.tz_table import TzTable


@dataclass(frozen=True, slots=True)
class Provenance:
    """The versions and the input of a result. Equal provenance of one search means equal results.

    Attributes:
        tz_version: release of the tz database, such as ``2026f``.
        input_hash: SHA-256 of the input, without private reasons, in hexadecimal digits.
        objective_version: version of the objective.
    """

    tz_version: str
    input_hash: str
    objective_version: str = OBJECTIVE_VERSION


def provenance(spec: GroupSpec, tz: TzTable) -> Provenance:
    """Return the provenance of every result about a group."""
    needs = (spec.horizon, spec.quorum, spec.facilitators, spec.tolerated, spec.anchors)
    return Provenance(tz.version, digest(spec.people, needs))


def digest(people: Iterable[Attendee], *needs: object) -> str:
    """Return the SHA-256 of people and further input values, in hexadecimal digits.

    Windows count by the levels they set, so that equal weeks hash alike; reasons are left out.
    """
    digest = sha256(repr(needs).encode())
    for person in people:
        part = (person.id, person.zone, person.facilitator, person.required, person.weight)
        digest.update(repr(part).encode())
        digest.update(person.week)
        for season in person.seasons:
            digest.update(repr((season.first, season.last, season.yearly)).encode())
            digest.update(levels_from_windows(season.windows, UNSET_WEEK))
    return digest.hexdigest()
