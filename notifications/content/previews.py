"""Examples of what a locked screen shows, made by the code that composes messages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from notifications.content.notice_content import content_of
from notifications.models import Notice, Preferences
from notifications.queries.due_notices import DueNotice
from scheduler.models import Group, Membership, Occurrence

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person


def samples_for(person: Person, now: datetime) -> list[tuple[str, str]]:
    """Return the name of each level of detail with the subject of a reminder for tomorrow."""
    memberships = Membership.objects.active().filter(person=person, group__closed_at=None)
    membership = memberships.select_related("group").order_by("-own_name", "pk").first()
    own_name = (membership.own_name if membership else "") or _("Choir")
    group = membership.group if membership else Group(name=_("The name of the group"))
    session = Occurrence(group=group, key="sample", starts_at=now + timedelta(days=1))
    return [
        (str(detail.label), content_of(_reminder(person, session, own_name, detail)).subject)
        for detail in Preferences.Detail
    ]


def _reminder(
    person: Person, session: Occurrence, own_name: str, detail: Preferences.Detail
) -> DueNotice:
    return DueNotice(
        notice=Notice(person=person, occurrence=session, kind=Notice.Kind.REMINDER),
        is_member=True,
        has_declined=False,
        is_settled=False,
        consent_key=None,
        own_name=own_name,
        preferences=Preferences(person=person, detail=detail),
        moved_from=None,
    )
