"""The Janus backend: connection, VideoRoom plugin, one call for each window."""

from sessions.media.janus.backend import Janus

__all__ = ["Janus"]
