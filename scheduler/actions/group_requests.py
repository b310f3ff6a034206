"""Request a group that does not exist yet, and accept or decline an offered one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civiltime.errors import CommonhourError
from scheduler.actions.invitations import create_invitation
from scheduler.actions.memberships import join_group
from scheduler.models import GroupOffer, GroupRequest, GroupRequestLanguage, WeeklyAvailability

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accounts.models import Person
    from scheduler.models import Membership, Organisation


class OfferIsGone(CommonhourError):
    """The group is closed, or the offer is answered."""

    code = "offer_is_gone"

    def __init__(self) -> None:
        super().__init__(_("This place is not on offer any more. You may look for another group."))


@transaction.atomic
def request_group(
    *, person: Person, organisation: Organisation, languages: Iterable[str], now: datetime
) -> GroupRequest:
    """Ask an organisation for a group in some languages, and share the week with coordinators.

    A second call replaces the languages. A person without availability is on the list and is
    counted once they add some.
    """
    request, _made = GroupRequest.objects.get_or_create(
        person=person, organisation=organisation, ended_at=None, defaults={"since": now}
    )
    request.spoken.all().delete()
    GroupRequestLanguage.objects.bulk_create(
        GroupRequestLanguage(request=request, language=language)
        for language in sorted(set(languages))
    )
    WeeklyAvailability.objects.filter(person=person).update(shared_with_coordinators=True)
    return request


@transaction.atomic
def withdraw_group_request(*, person: Person, organisation: Organisation, now: datetime) -> None:
    """End a request; its open offers can no longer be accepted."""
    GroupRequest.objects.open().filter(person=person, organisation=organisation).update(
        ended_at=now
    )


@transaction.atomic
def accept_group_offer(
    *, person: Person, offer: GroupOffer, alias: str, now: datetime
) -> Membership:
    """Join the offered group under an alias.

    Raises:
        OfferIsGone: it is not open, or not this person's.
        UnfitAlias: the alias cannot be used.
        AliasIsTaken: another member's alias reads the same.
        CannotJoin: the group is closed to this person.
    """
    locked = _lock(person, offer)
    code = create_invitation(group=locked.group, now=now)
    membership = join_group(person=person, group=locked.group, alias=alias, code=code, now=now)
    GroupOffer.objects.filter(pk=locked.pk).update(answer=GroupOffer.Answer.TAKEN)
    GroupRequest.objects.filter(pk=locked.request_id).update(ended_at=now)
    return membership


@transaction.atomic
def decline_group_offer(*, person: Person, offer: GroupOffer) -> None:
    """Decline an offer; the request stays open.

    Raises:
        OfferIsGone: it is not open, or not this person's.
    """
    locked = _lock(person, offer)
    GroupOffer.objects.filter(pk=locked.pk).update(answer=GroupOffer.Answer.DECLINED)


def _lock(person: Person, offer: GroupOffer) -> GroupOffer:
    rows = GroupOffer.objects.waiting().filter(pk=offer.pk, request__person=person)
    locked = rows.select_related("group", "request").select_for_update(of=("self",)).first()
    if locked is None:
        raise OfferIsGone
    return locked
