"""The base of every error that a person may be told about."""

from __future__ import annotations

from typing import ClassVar


class CommonhourError(Exception):
    """Something a person asked for that cannot be done.

    ``code`` is stable and for machines; ``str(error)`` is for people, translatable,
    and says what to do next.
    """

    code: ClassVar[str] = "refused"
