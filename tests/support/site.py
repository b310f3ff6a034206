"""An unlisted group with its facilitator, a member and a stranger, and a browser for each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
import time_machine
from django.test import Client

from calendars.rendering.subscription import FRAGMENTS
from scheduler.models import Affiliation, Membership
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import Person
    from scheduler.models import Group, Occurrence, Organisation


class Site(NamedTuple):
    """An unlisted group: Amina facilitates, Bo is a member, Chen must never see anything of it."""

    organisation: Organisation
    group: Group
    amina: Person
    bo: Person
    chen: Person

    def browser(self, person: Person | None) -> Client:
        """Return a browser in which this person is signed in, or nobody."""
        client = Client()
        if person:
            client.force_login(person)
        return client


@pytest.fixture
def site() -> Site:
    organisation = make.organisation("Harbour House")
    amina = make.person("amina", tz="Africa/Cairo")
    bo = make.person("bo")
    make.affiliation(amina, organisation, role=Affiliation.Role.COORDINATOR)
    group = make.group("Tuesday lamp", organisation=organisation, is_listed=False)
    make.membership(amina, group, alias="Amina", role=Membership.Role.FACILITATOR)
    make.membership(bo, group, alias="Harbour light")
    return Site(organisation, group, amina, bo, make.person("chen", tz="Asia/Kathmandu"))


@pytest.fixture
def session(site: Site) -> Occurrence:
    return make.occurrence(site.group, starts_at=make.FRIDAY + timedelta(days=2))


@pytest.fixture
def friday() -> Iterator[None]:
    """Set the time to Friday noon and clear the rendered calendars."""
    FRAGMENTS.clear()
    with time_machine.travel(make.FRIDAY, tick=False):
        yield
