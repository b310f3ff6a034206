"""Why a schedule cannot be changed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from civiltime.errors import CommonhourError


class AlreadyStarted(CommonhourError):
    """The session has started."""

    code = "already_started"

    def __init__(self) -> None:
        super().__init__(_("This session has begun. Change the next one instead."))


class InThePast(CommonhourError):
    """A session would start before now."""

    code = "in_the_past"

    def __init__(self) -> None:
        super().__init__(_("That moment has passed. Choose a later one."))


class TimeIsTaken(CommonhourError):
    """The group has a session at that moment already."""

    code = "time_is_taken"

    def __init__(self) -> None:
        super().__init__(_("The group already meets at that time. Choose another."))


class NotInASeries(CommonhourError):
    """The session is an extra one: none follow it."""

    code = "not_in_a_series"

    def __init__(self) -> None:
        super().__init__(_("This session stands alone: nothing follows it. Move it by itself."))


class NothingToUndo(CommonhourError):
    """The last change is undone, or its session has started."""

    code = "nothing_to_undo"

    def __init__(self) -> None:
        super().__init__(
            _("There is nothing to undo: the last change is undone, or its session has begun.")
        )
