"""A message: a time, a place name of its zone and a link, and nothing about the group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from calendars.rendering.single_session import single_session
from notifications.content.notice_content import content_of
from notifications.kinds.registry import kind_of
from notifications.models import Topic

if TYPE_CHECKING:
    from notifications.content.notice_content import NoticeContent
    from notifications.queries.due_notices import DueNotice


@dataclass(frozen=True, slots=True)
class Message:
    """A message for one person, in plain text and in HTML.

    Attributes:
        subject: one sentence that needs no more: a locked screen or a text message shows it alone.
        stop_url: where one click withdraws the consent (RFC 8058).
        calendars: an iCalendar file for each session, if the person asked for these.
    """

    subject: str
    text: str
    html: str
    stop_url: str
    calendars: tuple[bytes, ...] = ()


def compose_message(digest: list[DueNotice]) -> Message:
    """Return the message for some notices of one person, in their language and time zone."""
    first, person = digest[0], digest[0].notice.person
    with translation.override(person.language), timezone.override(person.tz):
        contents = [content_of(due) for due in digest]
        stop_url = absolute_url("stop", first.consent_key)
        context = {"contents": contents, "choices": absolute_url("notifications"), "stop": stop_url}
        return Message(
            subject=subject_of(contents),
            text=render_to_string("notifications/mail/message.txt", context),
            html=render_to_string("notifications/mail/message.html", context),
            stop_url=stop_url,
            calendars=tuple(_calendars(digest)),
        )


def absolute_url(name: str, *arguments: object) -> str:
    """Return the full URL of a page."""
    return settings.PUBLIC_URL + reverse(name, args=arguments)


def subject_of(contents: list[NoticeContent]) -> str:
    """Return one sentence about some notices, in the active language."""
    if len(contents) == 1:
        return contents[0].subject
    if {content.kind.topic for content in contents} == {Topic.CHANGES}:
        return _("%(count)s changes to your times") % {"count": len(contents)}
    return _("%(count)s things to know") % {"count": len(contents)}


def _calendars(digest: list[DueNotice]) -> list[bytes]:
    """Return a calendar file for each session with a time; importing replaces an older one by UID."""
    person = digest[0].notice.person
    if not digest[0].preferences.wants_calendar_file:
        return []
    return [
        b"".join(single_session(session, member=person, language=person.language).pieces)
        for due in digest
        if (session := due.notice.occurrence) and kind_of(due.notice).is_in_calendar_files
    ]
