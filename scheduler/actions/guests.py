"""Guests of one session: enter under an alias, keep the place as a member, be forgotten."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.actions import guests as accounts
from accounts.models import Person
from accounts.rate_limit import RateLimit
from civiltime.errors import CommonhourError
from scheduler.actions.memberships import save_alias
from scheduler.models import Group, Membership, Occurrence
from scheduler.rules.agreement import AGREEMENT_VERSION
from scheduler.rules.names import alias_key

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from django.db.models import QuerySet

State = Membership.State

GUESTS_KEPT: Final = timedelta(days=90)  # as long as the attendance of their session
GUESTS_PER_SEAT: Final = 3  # of one session, all who came counted
FROM_NETWORK: Final = RateLimit("guests-from-network", calls=6, per=timedelta(minutes=10))


class NoGuests(CommonhourError):
    """The session does not take people without an account."""

    code = "no_guests"

    def __init__(self) -> None:
        super().__init__(_("This group asks for an account. Make one, it takes a user name only."))


class EntryNotOpen(CommonhourError):
    """The session is cancelled, over, or its room is not open yet."""

    code = "entry_not_open"

    def __init__(self) -> None:
        super().__init__(_("People may come in from 15 minutes before the start until the end."))


class TooManyGuests(CommonhourError):
    """Too many guests came from one network, or into one session."""

    code = "too_many_guests"

    def __init__(self) -> None:
        super().__init__(
            _("Many guests have come in just now. Try again in ten minutes, or make an account.")
        )


class GuestWasRemoved(CommonhourError):
    """A guest from this network was removed from this session."""

    code = "guest_was_removed"

    def __init__(self) -> None:
        super().__init__(_("You cannot come in as a guest now. You may make an account and join."))


@transaction.atomic
def enter_as_guest(
    *, occurrence: Occurrence, alias: str, address: str, tz: ZoneInfo, language: str, now: datetime
) -> Membership:
    """Let somebody without an account into one session; who calls has shown them the agreement.

    ``address`` is the browser's IP address. Only a hash of it that is different for each session
    is kept, so that a removed guest does not come back under another alias.

    Raises:
        UnfitAlias: the alias cannot be used.
        AliasIsTaken: somebody of the group has this alias.
        NoGuests: the group does not take guests.
        EntryNotOpen: it is too early or too late, or the session is cancelled.
        GuestWasRemoved: a guest from this address was removed from the session.
        TooManyGuests: too many guests from this address, or in this session.
    """
    key = alias_key(alias)
    group = Group.objects.select_for_update(of=("self",)).get(pk=occurrence.group_id)
    if not group.takes_guests:
        raise NoGuests
    if not occurrence.can_join(now):
        raise EntryNotOpen
    network = network_key(address, occurrence)
    guests = Membership.objects.filter(guest_session=occurrence)
    if guests.filter(state=State.REMOVED, guest_network=network).exists():
        raise GuestWasRemoved
    if guests.count() >= GUESTS_PER_SEAT * occurrence.seats or FROM_NETWORK.wait(network, now):
        raise TooManyGuests
    membership = Membership(
        group=group,
        person=accounts.create_guest(tz=tz, language=language, now=now),
        state=State.GUEST,
        alias=alias.strip(),
        alias_key=key,
        since=now,
        agreed_version=AGREEMENT_VERSION,
        guest_session=occurrence,
        guest_network=network,
    )
    save_alias(membership)
    return membership


def network_key(address: str, occurrence: Occurrence) -> str:
    """Return a hash of an IP address for one session, in hex, from which nobody can tell the address."""
    text = f"guest {occurrence.key} {address}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()


@transaction.atomic
def keep_place(*, guest: Person, username: str, password: str, now: datetime) -> Membership | None:
    """Make a guest a member with an account, under the alias they have; return the membership.

    Return None, and make the account all the same, where the group takes no members by now.

    Raises:
        UserNameIsTaken: another account has this user name.
        ValidationError: the password is too short or too common.
    """
    accounts.become_member(guest=guest, username=username, password=password)
    kept = guest.memberships.select_related("group").filter(state=State.GUEST).first()
    if kept is None or not kept.group.takes_guests:
        guest.memberships.filter(state=State.GUEST).delete()
        return None
    kept.state, kept.since = State.ACTIVE, now
    kept.guest_session, kept.guest_network = None, ""
    kept.save(update_fields=["state", "since", "guest_session", "guest_network"])
    return kept


@transaction.atomic
def set_guest_removed(*, membership_id: int, is_removed: bool) -> None:
    """Take a guest's access to their session away, or give it back; do nothing to a member."""
    before, after = (State.GUEST, State.REMOVED) if is_removed else (State.REMOVED, State.GUEST)
    guest = Membership.objects.filter(pk=membership_id, state=before, guest_session__isnull=False)
    guest.update(state=after)


def forget_guests(*, now: datetime, kept: QuerySet[Person]) -> int:
    """Delete guests whose session ended 90 days ago, with all that is theirs; return how many.

    ``kept`` are people whom a report is about or from: evidence outlasts a session.
    """
    recent = Membership.objects.filter(
        person=OuterRef("pk"), guest_session__ends_at__gt=now - GUESTS_KEPT
    )
    stale = Person.objects.filter(
        ~Exists(recent), is_guest=True, created_at__lte=now - GUESTS_KEPT
    ).exclude(pk__in=kept)
    return stale.delete()[1].get("accounts.Person", 0)
