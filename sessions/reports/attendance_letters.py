"""Attendance letters: signed statements of a date and a number of minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.core.signing import BadSignature, Signer

from sessions.models import Attendance

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import Occurrence

SALT: Final = "sessions.reports.attendance_letters"
ONE_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AttendanceLetter:
    """The contents of a letter: the local date of the session and the minutes attended."""

    on: date
    minutes: int

    @property
    def token(self) -> str:
        """Return the signed letter, equal for equal letters."""
        return Signer(salt=SALT).sign_object([self.on.isoformat(), self.minutes])


def letter_of(person: Person, occurrence: Occurrence) -> AttendanceLetter | None:
    """Return a person's letter of a session; None for less than a minute of attendance.

    The date is in the person's own time zone.
    """
    stays = Attendance.objects.filter(
        occurrence=occurrence, membership__person=person, left_at__isnull=False
    )
    minutes = sum((stay.length or timedelta() for stay in stays), timedelta()) // ONE_MINUTE
    return (
        AttendanceLetter(occurrence.starts_at.astimezone(person.tz).date(), minutes)
        if minutes
        else None
    )


def read_letter(token: str) -> AttendanceLetter | None:
    """Return the letter of a token; None if its signature is not valid."""
    try:
        on, minutes = Signer(salt=SALT).unsign_object(token)
        return AttendanceLetter(date.fromisoformat(on), minutes)
    except (BadSignature, ValueError, TypeError):
        return None
