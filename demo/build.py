"""Build the demo data through the actions, with ``now`` a month in the past."""

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
from demo.row_builders import create_accounts_without_password, mark_address_verified
from notifications.actions.preferences import choose_reminders
from notifications.models import Transport
from notifications.models.preferences import DEFAULT_LEADS
from notifications.planning.change_notices import BATCHING_DELAY
from notifications.planning.planner import plan
from scheduler.actions.groups import create_group
from scheduler.actions.invitations import invite
from scheduler.actions.memberships import (
    accept_agreement,
    answer_application,
    join_group,
    make_co_facilitator,
)
from scheduler.actions.organisations import affiliate, allow_guests, create_organisation
from scheduler.actions.schedule import create_series, top_up
from scheduler.models import Affiliation, Group, Membership, Organisation

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from demo.data_types import DemoGroup, DemoOrganisation

ORGANISATIONS: Final = (OPEN_WINDOW, BRIDGE_OF_REEDS, CALM_TIDE)
HISTORY: Final = timedelta(days=33)
BEFORE_NOW: Final = BATCHING_DELAY + timedelta(minutes=1)


def is_built() -> bool:
    """Whether the demo data is there already."""
    return Organisation.objects.filter(name=ORGANISATIONS[0].name).exists()


@transaction.atomic
def build(*, now: datetime, report: Callable[[str], None]) -> None:
    """Build the demo data in one transaction; ``report`` is called with each line of progress."""
    past = now - HISTORY
    people = _people(past)
    report(f"{len(people)} people")
    for organisation_data in ORGANISATIONS:
        _create_organisation(organisation_data, people, past, now)
        report(
            f"{organisation_data.name}: {', '.join(group_data.name for group_data in organisation_data.groups)}"
        )
    report(f"{availability.add_availability(people, now=past)} painted weeks")
    top_up(now=now)
    sessions = attendance.create_attendance(now=now)
    report(f"a month of sessions, {sessions} of them")
    # Planning starts here, early enough for the digest of the changes to be due now.
    plan(now - BEFORE_NOW)
    changes.change_schedule(people, now=now - BEFORE_NOW)
    plan(now - BEFORE_NOW)
    open_requests.create_requests(people, now=now)
    activity_report.create_report(facilitator=AMINA.username, now=now)


def _people(past: datetime) -> dict[str, Person]:
    for demo_person in SIGN_INS:
        sign_up(
            username=demo_person.username,
            password=PASSWORD,
            tz=zones.zone(demo_person.tz),
            language=demo_person.language,
            email=demo_person.email,
            now=past,
        )
    create_accounts_without_password(OTHERS, now=past)
    people = {person.username: person for person in Person.objects.all()}
    set_operator(person=people[DARIA.username], is_operator=True)
    bo = people[BO.username]
    mark_address_verified(bo, now=past)
    choose_reminders(person=bo, transport=Transport.EMAIL, leads=DEFAULT_LEADS, now=past)
    return people


def _create_organisation(
    organisation_data: DemoOrganisation, people: dict[str, Person], past: datetime, now: datetime
) -> None:
    coordinator = people[organisation_data.coordinator]
    organisation = create_organisation(
        name=organisation_data.name,
        country=organisation_data.country,
        coordinator=coordinator,
        now=past,
    )
    allow_guests(by=coordinator, organisation=organisation, is_allowed=True)
    for username in sorted(
        {group_data.facilitator for group_data in organisation_data.groups}
        - {organisation_data.coordinator}
    ):
        affiliate(
            by=coordinator,
            organisation=organisation,
            username=username,
            role=Affiliation.Role.FACILITATOR,
            now=past,
        )
    for group_data in organisation_data.groups:
        _create_group(group_data, organisation, people, past, now)


def _create_group(
    group_data: DemoGroup,
    organisation: Organisation,
    people: dict[str, Person],
    past: datetime,
    now: datetime,
) -> None:
    founder = people[group_data.facilitator]
    group = create_group(
        by=founder,
        organisation=organisation,
        name=group_data.name,
        about=group_data.about,
        languages=group_data.languages,
        tz=zones.zone(group_data.tz),
        capacity=group_data.capacity,
        join_policy=group_data.join_policy,
        is_listed=group_data.is_listed,
        welcomes_guests=group_data.join_policy == Group.JoinPolicy.OPEN,
        alias=group_data.aliases[group_data.facilitator],
        now=past,
    )
    _create_series(group_data, group, founder, past)
    for username, alias in list(group_data.aliases.items())[1:]:
        membership = _add_member(group, founder, people[username], alias, past)
        if username in group_data.co_facilitators:
            make_co_facilitator(by=founder, membership=membership)
    for username, alias in group_data.applicants.items():
        join_group(person=people[username], group=group, alias=alias, now=now - timedelta(days=1))


def _create_series(group_data: DemoGroup, group: Group, founder: Person, past: datetime) -> None:
    rule = Rule.parse(group_data.rule)
    tomorrow = datetime.combine(
        past.astimezone(group.tz).date() + timedelta(days=1), group_data.clock
    )
    create_series(
        by=founder,
        group=group,
        first_local=_first_on(rule, tomorrow, group.tz),
        rule=rule,
        duration_minutes=group_data.minutes,
        now=past,
    )


def _first_on(rule: Rule, local: datetime, tz: ZoneInfo) -> datetime:
    """Return a wall-clock time, or the first after it on a day of the rule."""
    at = zones.resolve_local(local, tz)
    try:
        expand(rule, first_local=local, tz=tz, after=at, before=at)
    except FirstDayOffRule as off:
        return datetime.combine(off.next_valid, local.time())
    return local


def _add_member(
    group: Group, founder: Person, person: Person, alias: str, past: datetime
) -> Membership:
    """Join a person to a group, with an invitation or an approval where the group needs it."""
    by_code = group.join_policy == Group.JoinPolicy.INVITATION
    code = invite(by=founder, group=group, now=past) if by_code else ""
    membership = join_group(person=person, group=group, alias=alias, code=code, now=past)
    answer_application(by=founder, membership=membership, is_accepted=True, now=past)
    accept_agreement(membership=membership)
    return membership
