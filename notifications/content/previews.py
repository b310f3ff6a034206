"""What a locked screen would show of a message: exactly that, made by what writes the messages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from notifications.content.notice_content import content_of
from notifications.delivery.validity import Due
from notifications.models import Notice, Preferences
from scheduler.models import Group, Membership, Occurrence

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person


def samples_for(person: Person, now: datetime) -> list[tuple[str, str]]:
    """Return for each level of detail its name and the subject of a reminder of her next session."""
    memberships = Membership.objects.active().filter(person=person, group__closed_at=None)
    known = memberships.select_related("group").order_by("-own_name", "pk").first()
    own_name = (known.own_name if known else "") or _("Choir")
    group = known.group if known else Group(name=_("The name of the group"))
    session = Occurrence(group=group, key="sample", starts_at=now + timedelta(days=1))
    return [
        (str(detail.label), content_of(_due(person, session, own_name, detail)).subject)
        for detail in Preferences.Detail
    ]


def _due(person: Person, session: Occurrence, own_name: str, detail: Preferences.Detail) -> Due:
    return Due(
        notice=Notice(person=person, occurrence=session, kind=Notice.Kind.REMINDER),
        belongs=True,
        has_declined=False,
        is_settled=False,
        consent_key=None,
        own_name=own_name,
        preferences=Preferences(person=person, detail=detail),
        moved_from=None,
    )
