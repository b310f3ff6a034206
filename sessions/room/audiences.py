"""Which people receive an event."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sessions.room.state import AdmissionStatus

if TYPE_CHECKING:
    from sessions.room.state import Participant


class Audience(StrEnum):
    """A set of people that an event is addressed to."""

    EVERYONE = "everyone"  # inside or waiting
    ROOM = "room"  # inside
    STAFF = "staff"  # facilitators inside
    NOBODY = "nobody"  # stored in the log only


AUDIENCES_WAITING: Final = frozenset({Audience.EVERYONE})
AUDIENCES_INSIDE: Final = frozenset({Audience.EVERYONE, Audience.ROOM})
AUDIENCES_OF_STAFF: Final = AUDIENCES_INSIDE | {Audience.STAFF}


def audiences_of(person: Participant) -> frozenset[Audience]:
    """Return the audiences that a person belongs to now; none for people who left."""
    if person.status is AdmissionStatus.WAITING:
        return AUDIENCES_WAITING
    if not person.is_inside:
        return frozenset()
    return AUDIENCES_OF_STAFF if person.is_staff else AUDIENCES_INSIDE
