"""Fills the tables of a running installation with enough people that a search takes a while."""

from __future__ import annotations

from random import Random

from django.utils import timezone

from accounts.models import Person
from civiltime import zones
from optimizer import Level
from scheduler.actions.searches import request_search
from scheduler.models import (
    Affiliation,
    AvailabilityWindow,
    GroupRequest,
    GroupRequestLanguage,
    WeeklyAvailability,
)
from tests import make

ZONES = ("Europe/Kyiv", "Africa/Cairo", "America/Toronto", "Asia/Kolkata", "Europe/Lisbon")
SEEKERS = 160


def main() -> None:
    """Let a crowd look for groups in three languages, each with a week of her own, and ask."""
    chance, now = Random(7), timezone.now()  # noqa: S311 - seeded, so that a run can be repeated
    organisation, daria = make.organisation(), make.person("daria")
    make.affiliation(daria, organisation, role=Affiliation.Role.COORDINATOR)
    for number in range(SEEKERS):
        # Nobody signs in as one of them, and a password is hashed slowly on purpose.
        person = Person.objects.create(
            username=f"seeker{number}", tz=zones.zone(chance.choice(ZONES))
        )
        week = WeeklyAvailability.objects.create(
            person=person, tz=person.tz, shared_with_coordinators=True, updated_at=now
        )
        AvailabilityWindow.objects.bulk_create(_evening(week, day, chance) for day in range(7))
        request = GroupRequest.objects.create(person=person, organisation=organisation)
        GroupRequestLanguage.objects.create(
            request=request, language=chance.choice(["en", "ar", "uk"])
        )
    request_search(by=daria, organisation=organisation, kind="groups", now=now)


def _evening(week: WeeklyAvailability, day: int, chance: Random) -> AvailabilityWindow:
    start = chance.randrange(7, 18) * 60
    end = min(start + chance.randrange(3, 7) * 60, 23 * 60)
    level = chance.choice([Level.PREFER, Level.FINE, Level.FINE, Level.IF_NEEDED])
    return AvailabilityWindow(
        week=week, weekday=day, starts_minute=start, ends_minute=end, level=int(level)
    )


main()
