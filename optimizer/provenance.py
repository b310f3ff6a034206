"""What a result was made from: the tz database, the input, the objective."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from optimizer.objective import OBJECTIVE_VERSION
from optimizer.weekly_availability import NOBODY_ASKED, levels_from_windows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from optimizer.groups import GroupSpec
    from optimizer.people import Attendee
    from optimizer.tz_table import TzTable


@dataclass(frozen=True, slots=True)
class Provenance:
    """The versions behind a result. Equal stamps of one search mean equal results.

    Attributes:
        tz_version: release of the tz database, such as ``2026f``.
        input_hash: SHA-256 of everything the result depends on; private reasons are not in it.
        objective_version: version of the key that hours are compared by.
    """

    tz_version: str
    input_hash: str
    objective_version: str = OBJECTIVE_VERSION


def provenance(spec: GroupSpec, tz: TzTable) -> Provenance:
    """Return the stamp of every result about a group."""
    needs = (spec.rhythm, spec.quorum, spec.facilitators, spec.tolerated, spec.anchors)
    return Provenance(tz.version, digest(spec.people, needs))


def digest(people: Iterable[Attendee], *needs: object) -> str:
    """Return the hash of people, as far as hours are concerned, and of what is needed of them.

    Windows count by what they paint, so that two ways to say one week hash alike.
    """
    digest = sha256(repr(needs).encode())
    for person in people:
        part = (person.id, person.zone, person.facilitator, person.required, person.weight)
        digest.update(repr(part).encode())
        digest.update(person.week)
        for season in person.seasons:
            digest.update(repr((season.first, season.last, season.yearly)).encode())
            digest.update(levels_from_windows(season.windows, NOBODY_ASKED))
    return digest.hexdigest()
