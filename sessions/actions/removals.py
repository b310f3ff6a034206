"""What follows a removal: the person asks, a second facilitator decides."""

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
    """Who removed somebody would also decide about it."""

    code = "needs_second_facilitator"

    def __init__(self) -> None:
        super().__init__(
            _("You removed this person, so somebody else decides. Ask another facilitator.")
        )


class AlreadyDecided(CommonhourError):
    """The removal was reviewed before, or reaches no further than its session."""

    code = "already_decided"

    def __init__(self) -> None:
        super().__init__(_("This has been decided already. Load the page again."))


@transaction.atomic
def review_removal(*, by: Person, removal: Removal, is_upheld: bool, now: datetime) -> None:
    """Decide as a second facilitator whether a person leaves the group for good.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        NeedsSecondFacilitator: ``by`` is the one who removed, or was removed.
        AlreadyDecided: there is nothing to decide.
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


def ask_again(*, person: Person, removal: Removal, text: str, now: datetime) -> None:
    """Let a removed person say something to the facilitators, once.

    Raises:
        AlreadyDecided: it was said before.
    """
    mine = Removal.objects.about(person).filter(pk=removal.pk, asked_at=None)
    if not mine.update(asked=text.strip(), asked_at=now):
        raise AlreadyDecided
