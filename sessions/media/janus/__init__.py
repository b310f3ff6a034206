"""Voices and pictures through Janus: a wire, the words of its plugin, a call for each window."""

from sessions.media.janus.backend import Janus

__all__ = ["Janus"]
