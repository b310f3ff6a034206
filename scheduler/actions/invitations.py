"""Invite people to a group: by a code for one person, or by a link for many."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.fields import new_key
from accounts.one_time_codes import derived_code, hash_code, new_code
from civiltime.errors import CommonhourError
from scheduler.actions.groups import require_facilitator
from scheduler.models import Group, Invitation
from scheduler.models.groups import INVITATION_CODE_LENGTH

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person

INVITATION_LIFETIME: Final = timedelta(days=14)


class InvalidInvitation(CommonhourError):
    """The code is wrong, used, revoked or expired."""

    code = "invitation_invalid"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This code or link does not open a group: it may be mistyped, used already or too "
                "old. Ask the person who gave it to you for a new one."
            )
        )


@transaction.atomic
def invite(*, by: Person, group: Group, now: datetime) -> str:
    """Return a code that lets one person join within 14 days; only its hash is stored.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
    """
    require_facilitator(by, group)
    return create_invitation(group=group, now=now)


def create_invitation(*, group: Group, now: datetime) -> str:
    """Return the code of a new invitation. The caller has checked permissions."""
    code = new_code(INVITATION_CODE_LENGTH)
    Invitation.objects.create(
        group=group,
        code_hash=hash_code(code),
        created_at=now,
        expires_at=now + INVITATION_LIFETIME,
    )
    return code


@transaction.atomic
def create_invitation_link(
    *, by: Person, group: Group, needs_approval: bool, lifetime: timedelta, now: datetime
) -> Invitation:
    """Create the link of a group, which any number of people may use; it replaces an earlier one.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
    """
    require_facilitator(by, group)
    Group.objects.select_for_update().get(pk=group.pk)
    group.invitations.links().filter(revoked_at=None).update(revoked_at=now)
    link_key = new_key()
    return Invitation.objects.create(
        group=group,
        code_hash=hash_code(derived_code(link_key, INVITATION_CODE_LENGTH)),
        link_key=link_key,
        needs_approval=needs_approval,
        created_at=now,
        expires_at=now + lifetime,
    )


@transaction.atomic
def revoke_invitation_link(*, by: Person, group: Group, now: datetime) -> None:
    """End the link of a group. Whoever joined by it stays.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
    """
    require_facilitator(by, group)
    group.invitations.links().filter(revoked_at=None).update(revoked_at=now)


def current_link(group: Group, *, now: datetime) -> Invitation | None:
    """Return the link by which people can join a group now, if there is one.

    A link that was made under another secret key is not shown: its code is not known any more.
    """
    link = group.invitations.links().valid(now).first()
    return link if link and hash_code(link.code) == link.code_hash else None


def group_of_invitation(*, code: str, now: datetime) -> Group | None:
    """Return the open group of a valid invitation, listed or not; None if there is none."""
    opening = Invitation.objects.valid(now).filter(code_hash=hash_code(code))
    return Group.objects.filter(closed_at=None, invitations__in=opening).first()


def use_invitation(*, group: Group, code: str, now: datetime) -> Invitation:
    """Count one use of an invitation and return it. The caller has locked the group.

    Raises:
        InvalidInvitation: the code does not open this group, or no longer.
    """
    matching = Invitation.objects.filter(group=group, code_hash=hash_code(code))
    if not matching.valid(now).update(used_at=now, use_count=F("use_count") + 1):
        raise InvalidInvitation
    return matching.get()
