"""A partner organisation whose coordinator requests searches: sessions, substitutes, group requests."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from civiltime import zones
from optimizer import Level, Window
from optimizer.weekly_availability import levels_from_windows
from scheduler.actions.availability import set_weekly_availability
from scheduler.actions.group_requests import request_group
from scheduler.models import Affiliation, AffiliationLanguage, Membership, Seat
from scheduler.rules.weeks import EVERY_DAY
from tests import make

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import Group, GroupRequest, Occurrence, Organisation

NOW = make.FRIDAY
EVENING = bytes(levels_from_windows([Window(EVERY_DAY, time(17), time(22), Level.PREFER)]))
SIX_ON_TUESDAY = datetime(2026, 6, 9, 16, 0, tzinfo=NOW.tzinfo)


class Partner(NamedTuple):
    """Daria coordinates; Amina runs a group and cannot come; Eli speaks Slovak and is trained."""

    organisation: Organisation
    group: Group
    session: Occurrence
    daria: Person
    amina: Person
    eli: Person


def partner() -> Partner:
    """Create a partner with one session without a leader."""
    organisation = make.organisation()
    daria = make.person("daria", tz="Europe/Bratislava")
    make.affiliation(daria, organisation, role=Affiliation.Role.COORDINATOR)
    amina = make.person("amina", tz="Africa/Cairo")
    group = make.group("Tichá kuchyňa", organisation=organisation, languages=("sk", "cs"))
    make.membership(amina, group, role=Membership.Role.FACILITATOR)
    session = make.occurrence(group, starts_at=SIX_ON_TUESDAY)
    stay_away(amina, session)
    eli = helper("eli", organisation)
    return Partner(organisation, group, session, daria, amina, eli)


def helper(
    username: str, organisation: Organisation, *, tz: str = "Europe/Vienna", language: str = "sk"
) -> Person:
    """Create a trained substitute, awake from 7:00 to 22:00 in their zone."""
    person = make.person(username, tz=tz)
    affiliation = make.affiliation(person, organisation, is_substitute=True)
    AffiliationLanguage.objects.create(affiliation=affiliation, language=language)
    return person


def stay_away(person: Person, session: Occurrence) -> None:
    """Let a member decline a session."""
    own = Membership.objects.get(person=person, group=session.group)
    make.seat(own, session, state=Seat.State.DECLINED)


def next_week(session: Occurrence, weeks: int = 1) -> Occurrence:
    """Create the same session some weeks later, declined by every facilitator."""
    later = make.occurrence(session.group, starts_at=session.starts_at + timedelta(weeks=weeks))
    for runs in session.group.memberships.active().facilitating():
        stay_away(runs.person, later)
    return later


def request_from(
    username: str, organisation: Organisation, *, tz: str = "Europe/Kyiv", language: str = "uk"
) -> GroupRequest:
    """Create a person who is free in the evening, and their group request."""
    person = make.person(username, tz=tz)
    set_weekly_availability(person=person, cells=EVENING, now=NOW)
    return request_group(person=person, organisation=organisation, languages=[language], now=NOW)


def request_groups(organisation: Organisation, count: int) -> list[GroupRequest]:
    """Create group requests that one group would suit."""
    return [request_from(f"seeker{number}", organisation) for number in range(count)]


BRATISLAVA = zones.zone("Europe/Bratislava")
