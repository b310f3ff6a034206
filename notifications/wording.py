"""What a message says: a time, a place on the map and a link, and nothing about why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notifications.models import Notice
from scheduler.templatetags.pages import Told, tell

if TYPE_CHECKING:
    from notifications.checks import Due


@dataclass(frozen=True, slots=True)
class Letter:
    """A message for one person, in plain text and in HTML."""

    subject: str
    text: str
    html: str
    stop_url: str


def letter(due: Due) -> Letter:
    """Write a notice for its person, in her language and zone."""
    notice, person, session = due.notice, due.notice.person, due.notice.occurrence
    with translation.override(person.language), timezone.override(person.tz):
        when = tell(session.starts_at, person.tz)
        stop_url = absolute("stop", due.consent_key)
        context = {
            "when": when,
            "starts_at": session.starts_at,
            "door": absolute("door", session.key),
            "choices": absolute("reminders"),
            "stop": stop_url,
        }
        return Letter(
            subject=_subject(notice, when),
            text=render_to_string(f"notifications/mail/{notice.kind}.txt", context),
            html=render_to_string(f"notifications/mail/{notice.kind}.html", context),
            stop_url=stop_url,
        )


def absolute(name: str, *arguments: object) -> str:
    """Return the full address of a page."""
    return settings.PUBLIC_URL + reverse(name, args=arguments)


def _subject(notice: Notice, when: Told) -> str:
    subjects = {
        Notice.Kind.REMINDER: _("Reminder: %(weekday)s %(clock)s (%(place)s)"),
    }
    return subjects[Notice.Kind(notice.kind)] % {
        "weekday": when.weekday,
        "clock": when.clock,
        "place": when.place,
    }
