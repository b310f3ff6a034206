"""Join a group, answer applications, leave, remove."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions import people
from civiltime.errors import CommonhourError
from scheduler.actions.calendar_revisions import next_revision
from scheduler.actions.groups import require_facilitator
from scheduler.actions.invitations import InvalidInvitation, use_invitation
from scheduler.actions.organisations import NotCoordinating, is_coordinating
from scheduler.models import Group, Membership, Seat
from scheduler.rules.agreement import AGREEMENT_VERSION
from scheduler.rules.names import alias_key
from scheduler.signals import membership_ended

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from accounts.models import Person

Role = Membership.Role
State = Membership.State


class HandOver(StrEnum):
    """What a facilitator does after handing over a group."""

    CO_FACILITATE = "co_facilitate"
    STAY = "stay"
    LEAVE = "leave"


class AliasIsTaken(CommonhourError):
    """A member of the group has this alias, or one that reads the same."""

    code = "alias_taken"

    def __init__(self) -> None:
        super().__init__(_("Someone in this group already goes by that. Please choose another."))


class CannotJoin(CommonhourError):
    """The group is closed, or this person was declined or removed."""

    code = "cannot_join"

    def __init__(self) -> None:
        super().__init__(
            _("You cannot join this group now. If you think this is a mistake, ask a facilitator.")
        )


class HasFacilitator(CommonhourError):
    """The group has a facilitator already."""

    code = "has_facilitator"

    def __init__(self) -> None:
        super().__init__(_("This group has a facilitator. Ask them to make you a co-facilitator."))


class LastFacilitator(CommonhourError):
    """The group would be left without a facilitator."""

    code = "last_facilitator"

    def __init__(self) -> None:
        super().__init__(
            _("You are the only facilitator. Hand the group over first: Manage group, Hand over.")
        )


class NoSuccessor(CommonhourError):
    """The person to hand over to is not another member of the group."""

    code = "no_successor"

    def __init__(self) -> None:
        super().__init__(_("Choose another member of the group. This person is not in it."))


@transaction.atomic
def join_group(
    *, person: Person, group: Group, alias: str, code: str = "", now: datetime
) -> Membership:
    """Join under an alias, or apply where a facilitator decides. A second call changes the alias.

    Raises:
        UnfitAlias: the alias cannot be used.
        AliasIsTaken: another member's alias reads the same.
        InvalidInvitation: the group is by invitation and the code is not valid.
        CannotJoin: this person was declined or removed, or the group is closed.
    """
    key = alias_key(alias)
    locked = Group.objects.select_for_update().get(pk=group.pk)
    membership = locked.memberships.filter(person=person).first()
    is_ending = locked.closed_at or locked.closes_at
    if is_ending or (membership and membership.state in {State.DECLINED, State.REMOVED}):
        raise CannotJoin
    if membership is None or membership.state in {State.LEFT, State.COVERING}:
        membership = membership or Membership(group=locked, person=person)
        membership.state = _initial_state(locked, code, now)
        membership.role, membership.since = Role.MEMBER, now
        membership.answered_at = None
    membership.alias, membership.alias_key = alias.strip(), key
    save_alias(membership)
    return membership


@transaction.atomic
def join_with_new_account(
    *,
    username: str,
    password: str,
    tz: ZoneInfo,
    language: str,
    group: Group,
    alias: str,
    code: str = "",
    now: datetime,
) -> Membership:
    """Create an account and join a group with it, or do neither.

    Raises:
        UserNameIsTaken: another account has this user name.
        ValidationError: the password is too short or too common.
        CommonhourError: as :func:`join_group`.
    """
    person = people.sign_up(username=username, password=password, tz=tz, language=language, now=now)
    return join_group(person=person, group=group, alias=alias, code=code, now=now)


def _initial_state(group: Group, code: str, now: datetime) -> str:
    """Return the state of a new membership, and mark its invitation as used."""
    if code:
        invitation = use_invitation(group=group, code=code, now=now)
        return State.APPLIED if invitation.needs_approval else State.ACTIVE
    if group.join_policy == Group.JoinPolicy.INVITATION:
        raise InvalidInvitation
    return State.APPLIED if group.join_policy == Group.JoinPolicy.APPROVAL else State.ACTIVE


def save_alias(membership: Membership) -> None:
    """Save a membership under its alias.

    Raises:
        AliasIsTaken: another member's alias reads the same.
    """
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError:
        raise AliasIsTaken from None


def accept_agreement(*, membership: Membership) -> None:
    """Record that a member has accepted the group agreement as it is now."""
    Membership.objects.filter(pk=membership.pk).update(agreed_version=AGREEMENT_VERSION)


@transaction.atomic
def adopt_group(*, by: Person, group: Group, alias: str, now: datetime) -> Membership:
    """Make a coordinator the facilitator of a group that has none, such as an imported one.

    Raises:
        NotCoordinating: ``by`` does not coordinate the group's organisation.
        HasFacilitator: somebody facilitates it.
        UnfitAlias: the alias cannot be used.
        AliasIsTaken: another member's alias reads the same.
    """
    key = alias_key(alias)
    locked = Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if not is_coordinating(by, locked.organisation):
        raise NotCoordinating
    if locked.memberships.active().facilitating().exists():
        raise HasFacilitator
    membership = locked.memberships.filter(person=by).first() or Membership(group=locked, person=by)
    membership.state, membership.role = State.ACTIVE, Role.FACILITATOR
    membership.alias, membership.alias_key, membership.since = alias.strip(), key, now
    save_alias(membership)
    return membership


@transaction.atomic
def answer_application(
    *, by: Person, membership: Membership, is_accepted: bool, note: str = "", now: datetime
) -> None:
    """Accept or decline an application, with a note; only the first answer has an effect.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
    """
    require_facilitator(by, membership.group)
    Membership.objects.filter(pk=membership.pk, state=State.APPLIED).update(
        state=State.ACTIVE if is_accepted else State.DECLINED,
        since=now,
        answered_at=now,
        answer_note=note,
    )


@transaction.atomic
def leave_group(*, person: Person, group: Group, now: datetime) -> None:
    """Leave a group: seats at later sessions are released and calendar addresses revoked.

    Raises:
        LastFacilitator: the group would be left without one.
    """
    locked = Group.objects.select_for_update().get(pk=group.pk)
    membership = locked.memberships.filter(person=person, state=State.ACTIVE).first()
    if membership is None:
        return
    _require_another_facilitator(membership)
    _end_membership(membership, State.LEFT, now)


@transaction.atomic
def remove_member(*, by: Person, membership: Membership, now: datetime) -> None:
    """Remove a person from a group; they cannot join again by themselves.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        LastFacilitator: ``by`` would remove themselves.
    """
    require_facilitator(by, membership.group)
    if membership.person_id == by.pk:
        raise LastFacilitator
    _end_membership(membership, State.REMOVED, now)


@transaction.atomic
def make_co_facilitator(*, by: Person, membership: Membership) -> None:
    """Make a member co-facilitator, with equal rights.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
    """
    require_facilitator(by, membership.group)
    Membership.objects.active().filter(pk=membership.pk, role=Role.MEMBER).update(
        role=Role.CO_FACILITATOR
    )


@transaction.atomic
def step_down(*, by: Person, membership: Membership, now: datetime) -> None:
    """Make a facilitator, oneself or another, a plain member. Their cover of sessions ends.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        LastFacilitator: the group would be left without one.
    """
    locked = Group.objects.select_for_update().get(pk=membership.group_id)
    require_facilitator(by, locked)
    current = locked.memberships.active().facilitating().filter(pk=membership.pk).first()
    if current is None:
        return
    _require_another_facilitator(current)
    _make_member(current, now)


@transaction.atomic
def hand_over(
    *, by: Person, group: Group, successor: Membership, then: HandOver, now: datetime
) -> None:
    """Make another member the facilitator in place of ``by``, who stays or leaves.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        NoSuccessor: the chosen person is ``by``, or no longer a member.
    """
    locked = Group.objects.select_for_update().get(pk=group.pk)
    own = require_facilitator(by, locked)
    chosen = locked.memberships.active().filter(pk=successor.pk).exclude(pk=own.pk).first()
    if chosen is None:
        raise NoSuccessor
    chosen.role = Role.FACILITATOR
    chosen.save(update_fields=["role"])
    match then:
        case HandOver.CO_FACILITATE:
            own.role = Role.CO_FACILITATOR
            own.save(update_fields=["role"])
        case HandOver.STAY:
            _make_member(own, now)
        case HandOver.LEAVE:
            _end_membership(own, State.LEFT, now)


@transaction.atomic
def set_calendar_name(*, membership: Membership, own_name: str, now: datetime) -> None:
    """Set what this member's own calendars call the group; an empty name means its own."""
    name = " ".join(own_name.split())
    if name != membership.own_name:
        named_at = next_revision(membership.group_id, now)
        Membership.objects.filter(pk=membership.pk).update(own_name=name, own_named_at=named_at)


def _require_another_facilitator(membership: Membership) -> None:
    """Check that a group keeps a facilitator without this membership. The group is locked.

    Raises:
        LastFacilitator: it would keep none.
    """
    facilitators = Membership.objects.active().facilitating().filter(group=membership.group_id)
    if membership.is_facilitating and not facilitators.exclude(pk=membership.pk).exists():
        raise LastFacilitator


def _make_member(membership: Membership, now: datetime) -> None:
    """Take a facilitator's rights away, with the sessions they were to lead for another."""
    membership.covers.filter(ends_at__gt=now).update(substitute=None)
    membership.role = Role.MEMBER
    membership.save(update_fields=["role"])


def _end_membership(membership: Membership, state: str, now: datetime) -> None:
    """End a membership with its seats, recurring seats and cover.

    A calendar address shows all groups of its owner, so it is revoked when any of them ends: a
    removed person keeps no feed that still contains the group.
    """
    Seat.objects.filter(membership=membership, occurrence__starts_at__gt=now).delete()
    membership.recurring_seats.all().delete()
    membership.covers.filter(ends_at__gt=now).update(substitute=None)
    membership_ended.send(sender=Membership, person=membership.person, now=now)
    membership.state, membership.role = state, Role.MEMBER
    membership.since = now
    membership.save(update_fields=["state", "role", "since"])
