"""Builds the demonstration's world through the verbs everyone uses, told that it is a month ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from accounts.actions.people import set_operator, sign_up
from accounts.models import Person
from civiltime import zones
from civiltime.recurrence import FirstDayOffRule, Rule, expand
from demo import activity_report, attendance, availability, changes, open_requests
from demo.bridge_of_reeds import BRIDGE_OF_REEDS
from demo.calm_tide import CALM_TIDE
from demo.open_window import OPEN_WINDOW
from demo.people import AMINA, BO, DARIA, OTHERS, PASSWORD, SIGN_INS
from demo.row_builders import settle, trust_address
from notifications.actions.preferences import choose_reminders
from notifications.models import Transport
from notifications.models.preferences import DEFAULT_LEADS
from notifications.planning.change_notices import BATCHING_DELAY
from notifications.planning.planner import plan
from scheduler.actions.groups import create_group
from scheduler.actions.memberships import (
    answer_application,
    invite,
    join_group,
    make_co_facilitator,
)
from scheduler.actions.organisations import affiliate, create_organisation
from scheduler.actions.schedule import create_series, top_up
from scheduler.models import Affiliation, Group, Membership, Organisation

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from demo.data_types import Circle, House

HOUSES: Final = (OPEN_WINDOW, BRIDGE_OF_REEDS, CALM_TIDE)
A_MONTH: Final = timedelta(days=33)
A_DAY: Final = timedelta(days=1)
A_WHILE: Final = BATCHING_DELAY + timedelta(minutes=1)


def is_built() -> bool:
    """Whether the world is there already."""
    return Organisation.objects.filter(name=HOUSES[0].name).exists()


@transaction.atomic
def build(*, now: datetime, say: Callable[[str], None]) -> None:
    """Build the whole world, or nothing of it when anything fails."""
    then = now - A_MONTH
    people = _people(then)
    say(f"{len(people)} people")
    for house in HOUSES:
        _house(house, people, then, now)
        say(f"{house.name}: {', '.join(circle.name for circle in house.circles)}")
    say(f"{availability.paint(people, now=then)} painted weeks")
    top_up(now=now)
    sessions = attendance.remember(now=now)
    say(f"a month of sessions, {sessions} of them")
    plan(now - A_WHILE)  # from here on news is pulled, and what is not urgent has been gathered
    changes.announce(people, now=now - A_WHILE)
    plan(now - A_WHILE)
    open_requests.call_for(people, now=now)
    activity_report.tell(facilitator=AMINA.username, now=now)


def _people(then: datetime) -> dict[str, Person]:
    for someone in SIGN_INS:
        sign_up(
            username=someone.username,
            password=PASSWORD,
            tz=zones.zone(someone.tz),
            language=someone.language,
            email=someone.email,
            now=then,
        )
    settle(OTHERS, now=then)
    people = {person.username: person for person in Person.objects.all()}
    set_operator(person=people[DARIA.username], is_operator=True)
    bo = people[BO.username]
    trust_address(bo, now=then)
    choose_reminders(person=bo, transport=Transport.EMAIL, leads=DEFAULT_LEADS, now=then)
    return people


def _house(house: House, people: dict[str, Person], then: datetime, now: datetime) -> None:
    coordinator = people[house.coordinator]
    organisation = create_organisation(
        name=house.name, country=house.country, coordinator=coordinator, now=then
    )
    for username in sorted({circle.facilitator for circle in house.circles} - {house.coordinator}):
        affiliate(
            by=coordinator,
            organisation=organisation,
            username=username,
            role=Affiliation.Role.FACILITATOR,
            now=then,
        )
    for circle in house.circles:
        _circle(circle, organisation, people, then, now)


def _circle(
    circle: Circle,
    organisation: Organisation,
    people: dict[str, Person],
    then: datetime,
    now: datetime,
) -> None:
    founder = people[circle.facilitator]
    group = create_group(
        by=founder,
        organisation=organisation,
        name=circle.name,
        about=circle.about,
        languages=circle.languages,
        tz=zones.zone(circle.tz),
        capacity=circle.capacity,
        join_policy=circle.join_policy,
        is_listed=circle.is_listed,
        alias=circle.aliases[circle.facilitator],
        now=then,
    )
    _hour(circle, group, founder, then)
    for username, alias in list(circle.aliases.items())[1:]:
        membership = _welcome(group, founder, people[username], alias, then)
        if username in circle.co_facilitators:
            make_co_facilitator(by=founder, membership=membership)
    for username, alias in circle.applicants.items():
        join_group(person=people[username], group=group, alias=alias, now=now - A_DAY)


def _hour(circle: Circle, group: Group, founder: Person, then: datetime) -> None:
    rule = Rule.parse(circle.rule)
    tomorrow = datetime.combine(then.astimezone(group.tz).date() + A_DAY, circle.clock)
    create_series(
        by=founder,
        group=group,
        first_local=_first_on(rule, tomorrow, group.tz),
        rule=rule,
        duration_minutes=circle.minutes,
        now=then,
    )


def _first_on(rule: Rule, local: datetime, tz: ZoneInfo) -> datetime:
    """Return a wall-clock time, or the first after it on a day on which the rule meets."""
    at = zones.resolve_local(local, tz)
    try:
        expand(rule, first_local=local, tz=tz, after=at, before=at)
    except FirstDayOffRule as off:
        return datetime.combine(off.offer, local.time())
    return local


def _welcome(
    group: Group, founder: Person, person: Person, alias: str, then: datetime
) -> Membership:
    """Let someone in by whatever door the group has."""
    by_code = group.join_policy == Group.JoinPolicy.INVITATION
    code = invite(by=founder, group=group, now=then) if by_code else ""
    membership = join_group(person=person, group=group, alias=alias, code=code, now=then)
    answer_application(by=founder, membership=membership, is_welcome=True, now=then)
    return membership
