"""People who chose reminders, and sessions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from notifications.actions.preferences import choose_reminders
from notifications.models import Transport
from notifications.models.preferences import DEFAULT_LEADS
from scheduler.models import Membership, Occurrence
from tests import make

if TYPE_CHECKING:
    from email.message import EmailMessage

    from accounts.models import Person

NOW = make.FRIDAY
LONG_AGO = NOW - timedelta(days=90)

# Words that would reveal the subject to a bystander, by language. A language that is added to the
# product is added here first.
REVEALING = {
    "en": "recover sober sobriety addict opioid opiate drug substance alcohol therap treatment "
    "clinic patient diagnos relapse clean meeting group peer support program fellowship anonymous "
    "facilitator member health help missed",
}


def reader(
    username: str = "bo", *, leads: tuple[int, ...] = DEFAULT_LEADS, tz: str = "Europe/Copenhagen"
) -> Person:
    """Make a person who chose reminders by e-mail 90 days ago."""
    person = make.person(username, email=f"{username}@example.org", tz=tz)
    choose_reminders(person=person, transport=Transport.EMAIL, leads=leads, now=LONG_AGO)
    return person


def session(
    *people: Person, starts_in: timedelta = timedelta(hours=30), since: datetime = LONG_AGO
) -> Occurrence:
    """Make a session of a group of these people."""
    occurrence = make.occurrence(make.group(), starts_at=NOW + starts_in)
    for person in people:
        membership = make.membership(person, occurrence.group)
        Membership.objects.filter(pk=membership.pk).update(since=since)
    return occurrence


def parts(mail: EmailMessage) -> tuple[str, str]:
    """Return a mail's plain text and its HTML."""
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()
