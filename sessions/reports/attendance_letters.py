"""A member's own proof of having been there: a date, a length, a signature, and nothing else."""

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
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says."""

    on: date
    minutes: int

    @property
    def token(self) -> str:
        """Return the letter under our signature; the same letter always reads the same."""
        return Signer(salt=SALT).sign_object([self.on.isoformat(), self.minutes])


def letter_of(person: Person, occurrence: Occurrence) -> Letter | None:
    """Return this person's letter of one session; None when she was not there for a minute.

    The date is the one on her own calendar.
    """
    stays = Attendance.objects.filter(
        occurrence=occurrence, membership__person=person, left_at__isnull=False
    )
    minutes = sum((stay.length or timedelta() for stay in stays), timedelta()) // MINUTE
    return Letter(occurrence.starts_at.astimezone(person.tz).date(), minutes) if minutes else None


def read_letter(token: str) -> Letter | None:
    """Return what a letter says; None when we did not sign it."""
    try:
        on, minutes = Signer(salt=SALT).unsign_object(token)
        return Letter(date.fromisoformat(on), minutes)
    except (BadSignature, ValueError, TypeError):
        return None
