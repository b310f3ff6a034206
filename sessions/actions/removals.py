"""What follows a removal: the person's appeal, and a second facilitator's review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civiltime.errors import CommonhourError
from scheduler.actions.groups import NotFacilitating
from scheduler.actions.memberships import remove_member
from scheduler.models import Membership
from sessions.models import Removal

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person


class NeedsSecondFacilitator(CommonhourError):
    """The facilitator asked for the removal, or is its subject."""

    code = "needs_second_facilitator"

    def __init__(self) -> None:
        super().__init__(
            _("You removed this person, so somebody else decides. Ask another facilitator.")
        )


class AlreadyDecided(CommonhourError):
    """There is nothing left to decide."""

    code = "already_decided"

    def __init__(self) -> None:
        super().__init__(_("This has been decided already. Load the page again."))


@transaction.atomic
def review_removal(*, by: Person, removal: Removal, is_upheld: bool, now: datetime) -> None:
    """Uphold or reject a removal from the group, as a second facilitator.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        NeedsSecondFacilitator: ``by`` asked for the removal, or was removed.
        AlreadyDecided: it was reviewed before, or is from the session only.
    """
    locked = Removal.objects.select_for_update(of=("self",)).select_related("membership__group")
    removal = locked.get(pk=removal.pk)
    group = removal.membership.group_id
    mine = Membership.objects.active().facilitating().filter(person=by, group=group).first()
    if mine is None:
        raise NotFacilitating
    if mine.pk in {removal.by_id, removal.membership_id}:
        raise NeedsSecondFacilitator
    if removal.reviewed_at or removal.scope != Removal.Scope.GROUP:
        raise AlreadyDecided
    removal.reviewed_by, removal.reviewed_at, removal.is_upheld = mine, now, is_upheld
    removal.save(update_fields=["reviewed_by", "reviewed_at", "is_upheld"])
    if is_upheld and removal.membership.state == Membership.State.ACTIVE:
        remove_member(by=by, membership=removal.membership, now=now)


def appeal_removal(*, person: Person, removal: Removal, text: str, now: datetime) -> None:
    """Store what a removed person writes to the facilitators, once.

    Raises:
        AlreadyDecided: the person wrote before.
    """
    mine = Removal.objects.about(person).filter(pk=removal.pk, appealed_at=None)
    if not mine.update(appeal=text.strip(), appealed_at=now):
        raise AlreadyDecided
