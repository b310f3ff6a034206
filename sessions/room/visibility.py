"""What people may see of a room: its snapshot for one person, and the parts of it in events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from sessions.room.codec import OMIT_DEFAULT, dump
from sessions.room.events import AboutPerson, payload
from sessions.room.state import (
    AdmissionStatus,
    Backend,
    Receives,
    Role,
    Turn,
)

if TYPE_CHECKING:
    from sessions.room.state import Participant, State

MAX_LISTED: Final = 100


@payload
class PersonCard(AboutPerson):
    """What other people may see of a person.

    ``count`` is how many are inside, where it changed. ``is_new`` is set while the person waits, when
    only facilitators see the card.
    """

    alias: str
    role: Role
    has_seat: bool
    only_listens: bool
    microphone: bool
    camera: bool
    is_muted: bool
    receives: Receives
    is_direct: bool
    is_new: bool = field(default=False, metadata=OMIT_DEFAULT)
    count: int | None = field(default=None, metadata=OMIT_DEFAULT)

    @classmethod
    def of(cls, who: str, person: Participant, *, count: int | None = None) -> Self:
        """Return the card of a participant."""
        return cls(
            who=who,
            alias=person.alias,
            role=person.role,
            has_seat=person.has_seat,
            only_listens=person.only_listens,
            microphone=person.microphone,
            camera=person.camera,
            is_muted=person.is_muted,
            receives=person.receives,
            is_direct=person.is_direct,
            is_new=person.is_new and person.status is AdmissionStatus.WAITING,
            count=count,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnsView:
    """Hands and turns, as the people inside see them."""

    hands: tuple[str, ...]
    turn: Turn | None
    still_to_share: tuple[str, ...] | None
    is_strict: bool
    share_seconds: int | None

    @classmethod
    def of(cls, state: State) -> Self:
        """Return the hands and turns of a room."""
        return cls(
            hands=state.hands,
            turn=state.turn,
            still_to_share=state.still_to_share,
            is_strict=state.is_strict,
            share_seconds=state.share_seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaView:
    """How audio and video are carried, as the people inside see it."""

    backend: Backend
    offered: bool
    is_down: bool
    cameras_allowed: bool
    direct_allowed: bool

    @classmethod
    def of(cls, state: State) -> Self:
        """Return the media settings of a room."""
        return cls(
            backend=state.backend,
            offered=bool(state.backends),
            is_down=state.is_server_down,
            cameras_allowed=state.cameras_allowed,
            direct_allowed=state.direct_allowed,
        )


def view_of(state: State, who: str) -> dict[str, Any]:
    """Return the state of a room as JSON values, as far as a person may see it.

    Waiting people see nobody else. Only facilitators see who waits and who was removed.
    """
    person = state.people[who]
    view: dict[str, Any] = {
        "seq": state.seq,
        "phase": state.phase,
        "hold": state.hold,
        "is_locked": state.is_locked,
        "starts_at": state.starts_at,
        "ends_at": state.ends_at,
        "hosts": state.hosts,
        "help_call": state.help_calls.get(who),
        "you": {**dump(PersonCard.of(who, person)), "status": person.status},
    }
    if person.status is AdmissionStatus.WAITING:
        view["is_full"] = state.free_seats < 1
    if person.is_inside:
        view |= {
            "people": [PersonCard.of(*entry) for entry in _listed(state, who)],
            "count": state.inside_count,
            "turns": TurnsView.of(state),
            "agenda": state.agenda,
            "lead": state.lead,
            "media": MediaView.of(state),
        }
    if person.is_inside and person.is_staff:
        view |= {
            "help_calls": [
                {"who": other, "alias": call.alias, "asked_at": call.asked_at}
                for other, call in state.help_calls.items()
                if call.seen_by is None
            ],
            "waiting": [PersonCard.of(*entry) for entry in state.waiting()],
            "removed": [
                PersonCard.of(other, entry)
                for other, entry in state.people.items()
                if entry.status is AdmissionStatus.REMOVED
            ],
        }
    return dump(view)  # type: ignore[no-any-return]


def _listed(state: State, who: str) -> list[tuple[str, Participant]]:
    """Return the people inside.

    Of more than ``MAX_LISTED`` return oneself, facilitators, people with a device on, and those
    who speak or asked to.
    """
    inside = list(state.inside())
    if len(inside) <= MAX_LISTED:
        return inside
    always = {who, *state.hands, *([state.turn.who] if state.turn else [])}
    return [
        (other, person)
        for other, person in inside
        if person.is_staff or other in always or person.microphone or person.camera
    ]
