"""What a message says: a time, a place on the map and a link, and nothing about why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from calendars.rendering.single_session import single_session
from notifications.content.notice_content import content_of
from notifications.models import Notice, Topic
from notifications.models.consent import TOPIC_OF

if TYPE_CHECKING:
    from notifications.content.notice_content import NoticeContent
    from notifications.delivery.validity import Due

# Who asked for calendar files wants what has a time of its own; an old time is replaced by its UID.
IN_CALENDARS: Final = {
    Notice.Kind.REMINDER,
    Notice.Kind.MOVED,
    Notice.Kind.CANCELLED,
    Notice.Kind.RESTORED,
    Notice.Kind.WELCOME,
}


@dataclass(frozen=True, slots=True)
class Message:
    """A message for one person, in plain text and in HTML.

    Attributes:
        subject: one sentence that says it all; what a locked screen or a text message shows.
        calendars: one iCalendar file for each session, only for who asked for them.
    """

    subject: str
    text: str
    html: str
    stop_url: str
    calendars: tuple[bytes, ...] = ()


def compose_message(digest: list[Due]) -> Message:
    """Write what one person must hear, in her language and zone: one reminder, or some news."""
    first, person = digest[0], digest[0].notice.person
    with translation.override(person.language), timezone.override(person.tz):
        contents = [content_of(due) for due in digest]
        stop_url = absolute("stop", first.consent_key)
        context = {"contents": contents, "choices": absolute("reminders"), "stop": stop_url}
        return Message(
            subject=subject_of(contents),
            text=render_to_string("notifications/mail/message.txt", context),
            html=render_to_string("notifications/mail/message.html", context),
            stop_url=stop_url,
            calendars=tuple(_calendars(digest)),
        )


def absolute(name: str, *arguments: object) -> str:
    """Return the full address of a page."""
    return settings.PUBLIC_URL + reverse(name, args=arguments)


def subject_of(contents: list[NoticeContent]) -> str:
    """Say several things in one sentence, in the language that is active."""
    if len(contents) == 1:
        return contents[0].subject
    topics = {TOPIC_OF[Notice.Kind(content.kind)] for content in contents}
    if topics == {Topic.CHANGES}:
        return _("%(count)s changes to your times") % {"count": len(contents)}
    return _("%(count)s things to know") % {"count": len(contents)}


def _calendars(digest: list[Due]) -> list[bytes]:
    person = digest[0].notice.person
    if not digest[0].preferences.wants_calendar_file:
        return []
    return [
        b"".join(single_session(session, member=person, language=person.language).pieces)
        for due in digest
        if (session := due.notice.occurrence) and due.notice.kind in IN_CALENDARS
    ]
