"""What a facilitator reads after an act: what happened, to what, and how many people were told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civiltime.recurrence import Rule
from scheduler.actions.memberships import HandOver
from scheduler.text.local_time import short_moment
from scheduler.text.schedule import rule_in_words

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person
    from scheduler.models import Group, Membership, Occurrence, Series


def session_cancelled(occurrence: Occurrence, *, by: Person, now: datetime) -> str:
    """Return “Cancelled: Sat 5 Dec, 06:00. 9 members were notified”."""
    said = _("Cancelled: {moment}.").format(moment=short_moment(occurrence.starts_at, now))
    return f"{said} {members_notified(occurrence.group, by=by)}"


def session_moved(occurrence: Occurrence, *, by: Person, now: datetime) -> str:
    """Return “Moved to Sat 5 Dec, 06:00. 9 members were notified”."""
    said = _("Moved to {moment}.").format(moment=short_moment(occurrence.starts_at, now))
    return f"{said} {members_notified(occurrence.group, by=by)}"


def session_restored(occurrence: Occurrence, *, by: Person, now: datetime) -> str:
    """Return “Takes place again: Sat 5 Dec, 06:00. 9 members were notified”."""
    said = _("Takes place again: {moment}.").format(moment=short_moment(occurrence.starts_at, now))
    return f"{said} {members_notified(occurrence.group, by=by)}"


def session_added(occurrence: Occurrence, *, now: datetime) -> str:
    """Return “Added: Sat 5 Dec, 06:00.”."""
    return _("Added: {moment}.").format(moment=short_moment(occurrence.starts_at, now))


def session_resized(occurrence: Occurrence, *, now: datetime) -> str:
    """Return “Saved: Sat 5 Dec, 06:00 lasts 90 minutes.”."""
    return ngettext(
        "Saved: {moment} lasts {minutes} minute.",
        "Saved: {moment} lasts {minutes} minutes.",
        occurrence.minutes,
    ).format(moment=short_moment(occurrence.starts_at, now), minutes=occurrence.minutes)


def leader_chosen(occurrence: Occurrence, leader: Membership, *, now: datetime) -> str:
    """Return “Blue Mug leads Sat 5 Dec, 06:00.”."""
    return _("{alias} leads {moment}.").format(
        alias=leader.alias, moment=short_moment(occurrence.starts_at, now)
    )


def cover_accepted(occurrence: Occurrence, *, now: datetime) -> str:
    """Return “Thank you. You lead Sat 5 Dec, 06:00.”."""
    return _("Thank you. You lead {moment}.").format(moment=short_moment(occurrence.starts_at, now))


def cover_withdrawn(occurrence: Occurrence, *, now: datetime) -> str:
    """Return “You lead Sat 5 Dec, 06:00 yourself. Nobody is asked any more.”."""
    return _("You lead {moment} yourself. Nobody is asked any more.").format(
        moment=short_moment(occurrence.starts_at, now)
    )


def series_created(series: Series) -> str:
    """Return “Added: Every week on Saturday at 06:00.”."""
    rule = rule_in_words(Rule.parse(series.rule), series.first_local)
    return _("Added: {rule}.").format(rule=rule)


def series_ended(series: Series, *, by: Person) -> str:
    """Return “This time has ended: Every week on Saturday at 06:00. 9 members were notified”."""
    rule = rule_in_words(Rule.parse(series.rule), series.first_local)
    said = _("This time has ended: {rule}.").format(rule=rule)
    return f"{said} {members_notified(series.group, by=by)}"


def application_answered(membership: Membership, *, is_accepted: bool) -> str:
    """Return what became of an application."""
    if is_accepted:
        return _("{alias} is now a member, and was notified.").format(alias=membership.alias)
    return _("{alias} was told that it is not possible now.").format(alias=membership.alias)


def made_co_facilitator(membership: Membership) -> str:
    """Return that a member has the rights of a facilitator."""
    return _("{alias} is now a co-facilitator.").format(alias=membership.alias)


def stepped_down(membership: Membership, *, is_own: bool) -> str:
    """Return that a facilitator is a member again."""
    if is_own:
        return _("You are now a member of {group}. The others lead it.").format(
            group=membership.group.name
        )
    return _("{alias} is now a member, no longer a facilitator.").format(alias=membership.alias)


def removed(membership: Membership) -> str:
    """Return that a person is no longer in the group."""
    return _("{alias} is no longer in the group and cannot join it again by themselves.").format(
        alias=membership.alias
    )


def handed_over(successor: Membership, then: HandOver) -> str:
    """Return who leads the group now, and what the former facilitator is."""
    sentence = {
        HandOver.CO_FACILITATE: _("{alias} leads the group now. You are a co-facilitator."),
        HandOver.STAY: _("{alias} leads the group now. You are a member."),
        HandOver.LEAVE: _("{alias} leads the group now. You have left it."),
    }[then]
    return sentence.format(alias=successor.alias)


def group_ended(group: Group, *, by: Person) -> str:
    """Return “The group has ended. 9 members were notified.”."""
    said = _("The group has ended and its coming sessions are cancelled.")
    return f"{said} {members_notified(group, by=by)}"


def members_notified(group: Group, *, by: Person) -> str:
    """Return how many members hear of what ``by`` did, as a sentence."""
    number = group.memberships.active().exclude(person=by).count()
    if not number:
        return _("There is nobody else to notify yet.")
    return ngettext(
        "{number} member was notified.", "{number} members were notified.", number
    ).format(number=number)
