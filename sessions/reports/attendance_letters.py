"""Attendance letters: signed statements of a date and a number of minutes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.core.signing import BadSignature, Signer

from sessions.models import Attendance

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    """Return a person's letter of a session; None for less than a minute of attendance."""
    return letters_of(person, [occurrence]).get(occurrence.pk)


def letters_of(person: Person, occurrences: Iterable[Occurrence]) -> dict[int, AttendanceLetter]:
    """Return a person's letters, by session, of those that they attended for a minute at least.

    The dates are in the person's own time zone.
    """
    by_key = {occurrence.pk: occurrence for occurrence in occurrences}
    lengths: defaultdict[int, timedelta] = defaultdict(timedelta)
    for stay in Attendance.objects.filter(
        occurrence__in=by_key, membership__person=person, left_at__isnull=False
    ):
        lengths[stay.occurrence_id] += stay.length or timedelta()
    return {
        pk: AttendanceLetter(
            by_key[pk].starts_at.astimezone(person.tz).date(), length // ONE_MINUTE
        )
        for pk, length in lengths.items()
        if length >= ONE_MINUTE
    }


def read_letter(token: str) -> AttendanceLetter | None:
    """Return the letter of a token; None if its signature is not valid."""
    try:
        on, minutes = Signer(salt=SALT).unsign_object(token)
        return AttendanceLetter(date.fromisoformat(on), minutes)
    except (BadSignature, ValueError, TypeError):
        return None
