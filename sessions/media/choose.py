"""The media backends that this installation offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from sessions.media.janus import Janus
from sessions.media.mesh import Mesh
from sessions.media.none import NoMedia
from sessions.room.state import Backend

if TYPE_CHECKING:
    from collections.abc import Callable

    from sessions.media.backend import MediaBackend, Signalling


def offered() -> tuple[Backend, ...]:
    """Return the backends that the settings allow, the smallest first; none means text only.

    A mesh needs a TURN server, or the operator's permission for direct connections, to which each
    participant must agree as well.
    """
    configured = {
        Backend.MESH: bool(settings.TURN_URLS) or settings.DIRECT_CALLS,
        Backend.JANUS: bool(settings.JANUS_URL),
    }
    return tuple(
        backend
        for backend, is_configured in configured.items()
        if is_configured and settings.MEDIA in {"auto", backend}
    )


def make_backends(signalling: Signalling) -> dict[Backend, MediaBackend]:
    """Return an instance of each offered backend, and of the one that refuses."""
    makers: dict[Backend, Callable[[Signalling], MediaBackend]] = {
        Backend.MESH: Mesh,
        Backend.JANUS: Janus,
    }
    backends: dict[Backend, MediaBackend] = {Backend.NONE: NoMedia()}
    return backends | {backend: makers[backend](signalling) for backend in offered()}
