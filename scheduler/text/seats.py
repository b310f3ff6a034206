"""Answers to a member who has said whether they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from scheduler.models import Seat
from scheduler.text.local_time import dated_moment

if TYPE_CHECKING:
    from scheduler.models import Occurrence


def seat_in_words(seat: Seat, occurrence: Occurrence) -> str:
    """Return what a seat's state means: ``You're coming on Tue 1 Dec, 20:00.``, in the active zone."""
    when = {"moment": dated_moment(occurrence.starts_at)}
    if seat.state == Seat.State.GOING:
        return _("You're coming on %(moment)s.") % when
    if seat.state == Seat.State.WAITLISTED:
        return _("You're on the waiting list for %(moment)s. We write when a place is free.") % when
    return _("You're not coming on %(moment)s.") % when
