"""Send a message to all members of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from scheduler.actions.groups import require_facilitator
from scheduler.models import Group, GroupMessage

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person


@transaction.atomic
def message_group(*, by: Person, group: Group, text: str, now: datetime) -> GroupMessage:
    """Send a message to the members of a group, from its facilitators; at most 1,000 characters.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
    """
    require_facilitator(by, group)
    return GroupMessage.objects.create(group=group, by=by, text=text, at=now)
