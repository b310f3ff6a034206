"""The base class of errors that are shown to people."""

from __future__ import annotations

from typing import ClassVar


class CommonhourError(Exception):
    """A request that cannot be fulfilled.

    ``code`` is stable and for machines; ``str(error)`` is a translatable sentence that says what to
    do next.
    """

    code: ClassVar[str] = "refused"
