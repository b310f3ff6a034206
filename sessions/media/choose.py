"""Which ways for voices and pictures this installation has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from sessions.media.janus import Janus
from sessions.media.mesh import Mesh
from sessions.media.none import NoMedia
from sessions.room.state import Backend

if TYPE_CHECKING:
    from collections.abc import Callable

    from sessions.media.backend import MediaBackend, Post


def offered() -> tuple[Backend, ...]:
    """Return what the settings allow and can reach, the smallest first; none is a text room.

    A mesh needs a relay or the operator's word that addresses may be shown; whom to show them to,
    each participant says.
    """
    there = {
        Backend.MESH: bool(settings.TURN_URLS) or settings.DIRECT_CALLS,
        Backend.JANUS: bool(settings.JANUS_URL),
    }
    return tuple(
        backend
        for backend, is_there in there.items()
        if is_there and settings.MEDIA in {"auto", backend}
    )


def make_backends(post: Post) -> dict[Backend, MediaBackend]:
    """Return one of each that is offered, and the one that refuses."""
    makers: dict[Backend, Callable[[Post], MediaBackend]] = {
        Backend.MESH: Mesh,
        Backend.JANUS: Janus,
    }
    made: dict[Backend, MediaBackend] = {Backend.NONE: NoMedia()}
    return made | {backend: makers[backend](post) for backend in offered()}
