"""What a message says: a time, a place on the map and a link, and nothing about why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notifications.models import Notice
from scheduler.models import Occurrence, ScheduleChange
from scheduler.templatetags.pages import Told, tell

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from notifications.checks import Due


@dataclass(frozen=True, slots=True)
class Letter:
    """A message for one person, in plain text and in HTML."""

    subject: str
    text: str
    html: str
    stop_url: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a letter says; ``before`` is the time a moved session had."""

    kind: str
    when: Told
    before: Told | None
    starts_at: datetime
    door: str


def letter(parcel: list[Due]) -> Letter:
    """Write what one person must hear, in her language and zone: one reminder, or some news."""
    first, person = parcel[0], parcel[0].notice.person
    with translation.override(person.language), timezone.override(person.tz):
        items = [_item(due) for due in parcel]
        template = "reminder" if first.notice.kind == Notice.Kind.REMINDER else "news"
        stop_url = absolute("stop", first.consent_key)
        context = {
            "items": items,
            "when": items[0].when,
            "starts_at": items[0].starts_at,
            "door": items[0].door,
            "choices": absolute("reminders"),
            "stop": stop_url,
        }
        return Letter(
            subject=_subject(items),
            text=render_to_string(f"notifications/mail/{template}.txt", context),
            html=render_to_string(f"notifications/mail/{template}.html", context),
            stop_url=stop_url,
        )


def _item(due: Due) -> Item:
    session, tz = cast("Occurrence", due.notice.occurrence), due.notice.person.tz
    return Item(
        kind=due.notice.kind,
        when=tell(session.starts_at, tz),
        before=_before(session, tz) if due.notice.kind == Notice.Kind.MOVED else None,
        starts_at=session.starts_at,
        door=absolute("door", session.key),
    )


def _before(session: Occurrence, tz: ZoneInfo) -> Told | None:
    """Return when a session would have been before it was last moved."""
    change = session.changes.filter(kind=ScheduleChange.Kind.MOVED).last()
    return tell(datetime.fromisoformat(change.before["starts_at"]), tz) if change else None


def absolute(name: str, *arguments: object) -> str:
    """Return the full address of a page."""
    return settings.PUBLIC_URL + reverse(name, args=arguments)


def _subject(items: list[Item]) -> str:
    if len(items) > 1:
        return _("%(count)s changes to your times") % {"count": len(items)}
    subjects = {
        Notice.Kind.REMINDER: _("Reminder: %(weekday)s %(clock)s (%(place)s)"),
        Notice.Kind.MOVED: _("New time: %(weekday)s %(clock)s (%(place)s)"),
        Notice.Kind.CANCELLED: _("Not taking place: %(weekday)s %(clock)s (%(place)s)"),
        Notice.Kind.RESTORED: _("Taking place after all: %(weekday)s %(clock)s (%(place)s)"),
    }
    when = items[0].when
    named = {"weekday": when.weekday, "clock": when.clock, "place": when.place}
    return subjects[Notice.Kind(items[0].kind)] % named
