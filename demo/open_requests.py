"""Open work for a coordinator: sessions without a leader, people who look for a group."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Final

from demo.open_window import COURTYARD, OPEN_WINDOW, QUIET_KITCHEN, STEADY_GROUND
from scheduler.actions.group_requests import request_group
from scheduler.actions.organisations import affiliate, choose_waking_hours, set_substitute
from scheduler.actions.searches import request_search
from scheduler.actions.seats import decline_seat
from scheduler.models import Affiliation, Occurrence, Organisation, Search

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from accounts.models import Person

# Trained to cover for Open Window: in which languages, and for how many sessions a week.
SUBSTITUTES: Final = {
    "kestrel": (("en",), 2),
    "lipa": (("cs", "sk", "en"), 1),
    "cesta": (("sk",), 3),
    "voloshka": (("uk",), 2),
}
GROUPS_WITHOUT_LEADER: Final = (QUIET_KITCHEN, COURTYARD, STEADY_GROUND)
GROUP_SEEKERS: Final = {
    "ar": ("felucca", "zaatar", "sindbad", "mishmish", "nargis", "newmoon", "tamarind"),
    "en": ("oatcake", "longshore", "harmattan", "acacia", "bo", "maplebench"),
    "fa": ("anar", "saffron", "shabdar"),
}


def create_requests(people: Mapping[str, Person], *, now: datetime) -> None:
    """Create sessions without a leader and group requests, and request both searches."""
    organisation = Organisation.objects.get(name=OPEN_WINDOW.name)
    daria = people[OPEN_WINDOW.coordinator]
    for username in SUBSTITUTES:
        _make_substitute(people[username], organisation, daria, now)
    for group_data in GROUPS_WITHOUT_LEADER:
        session = Occurrence.objects.filter(group__name=group_data.name, starts_at__gt=now)
        session_away = session.taking_place().order_by("starts_at")[1]
        decline_seat(person=people[group_data.facilitator], occurrence=session_away, now=now)
    for language, usernames in GROUP_SEEKERS.items():
        for username in usernames:
            request_group(
                person=people[username], organisation=organisation, languages=[language], now=now
            )
    for kind in Search.Kind:
        request_search(by=daria, organisation=organisation, kind=kind, now=now)


def _make_substitute(
    person: Person, organisation: Organisation, coordinator: Person, now: datetime
) -> None:
    languages, max_sessions_per_week = SUBSTITUTES[person.username]
    affiliation = affiliate(
        by=coordinator,
        organisation=organisation,
        username=person.username,
        role=Affiliation.Role.FACILITATOR,
        now=now,
    )
    set_substitute(by=coordinator, affiliation=affiliation, is_substitute=True, now=now)
    choose_waking_hours(
        person=person,
        awake_from=time(7),
        awake_until=time(23),
        max_sessions_per_week=max_sessions_per_week,
        languages=languages,
    )
