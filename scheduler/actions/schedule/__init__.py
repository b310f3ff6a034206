"""Actions on series and sessions."""

from __future__ import annotations

from scheduler.actions.schedule.errors import (
    AlreadyStarted,
    InThePast,
    NothingToUndo,
    NotInASeries,
    TimeIsTaken,
)
from scheduler.actions.schedule.occurrences import (
    add_occurrence,
    cancel_occurrence,
    move_occurrence,
    resize_occurrence,
    restore_occurrence,
)
from scheduler.actions.schedule.retime import Retimed, retime
from scheduler.actions.schedule.series import (
    cancel_series,
    create_series,
    end_series,
    insert_series,
)
from scheduler.actions.schedule.session_end import clear_end, record_end
from scheduler.actions.schedule.this_and_following import continue_series
from scheduler.actions.schedule.undo import undo_last_change
from scheduler.actions.schedule.window import ROLLING_WINDOW, fill, top_up

__all__ = [
    "ROLLING_WINDOW",
    "AlreadyStarted",
    "InThePast",
    "NotInASeries",
    "NothingToUndo",
    "Retimed",
    "TimeIsTaken",
    "add_occurrence",
    "cancel_occurrence",
    "cancel_series",
    "clear_end",
    "continue_series",
    "create_series",
    "end_series",
    "fill",
    "insert_series",
    "move_occurrence",
    "record_end",
    "resize_occurrence",
    "restore_occurrence",
    "retime",
    "top_up",
    "undo_last_change",
]
