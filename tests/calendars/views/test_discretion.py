"""At no level does a feed disclose a person, a way into the room, or why people meet."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from calendars.models import Feed
from scheduler.actions import cover, schedule, seats
from scheduler.actions.invitations import invite
from scheduler.models import Group, GroupMessage, Membership, Occurrence
from tests import make
from tests.support.calendar_client import events, fetch, subscribe

if TYPE_CHECKING:
    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY
ABOUT = "For people in recovery from opioid use, with methadone or without"
REASON = "the facilitator has a relapse"
PROPERTIES = ("ATTENDEE", "ORGANIZER", "CONTACT", "COMMENT", "LOCATION", "GEO", "ATTACH", "VALARM",
              "CATEGORIES", "IMAGE", "PARTICIPANT", "X-ALT-DESC")  # fmt: skip


@pytest.fixture
def secrets(site: Site) -> list[str]:
    """Fill the group with everything that could leak; return each of it."""
    group = Group.objects.get()
    group.about, group.is_listed = ABOUT, True
    group.save()
    dina, eva = make.person("dina-username"), make.person("eva-username")
    covering = make.membership(dina, group, alias="Night owl", role="co_facilitator")
    make.membership(eva, group, alias="Silver birch")
    series = make.series(group)
    sessions = [
        make.occurrence(group, starts_at=NOW + timedelta(days=4 + 7 * week), series=series)
        for week in range(6)
    ]
    schedule.cancel_occurrence(by=site.amina, occurrence=sessions[1], reason=REASON, now=NOW)
    schedule.move_occurrence(
        by=site.amina,
        occurrence=sessions[2],
        starts_local=sessions[2].starts_local + timedelta(hours=2),
        tz=group.tz,
        duration_minutes=60,
        reason=REASON,
        now=NOW,
    )
    cover.appoint_substitute(by=site.amina, occurrence=sessions[3], membership=covering, now=NOW)
    seats.book_seat(person=eva, occurrence=sessions[3], now=NOW)
    GroupMessage.objects.create(group=group, by=site.amina, text="bring naloxone", at=NOW)
    aliases = Membership.objects.values_list("alias", flat=True)
    keys = Occurrence.objects.values_list("key", flat=True)
    said = (ABOUT, REASON, "relapse", "recovery", "opioid", "methadone", "naloxone", "facilitat",
            "dina-username", "eva-username", "amina", "Europe/Copenhagen", "Africa/Cairo",
            "Harbour House", f"/g/{group.key}", invite(by=site.amina, group=group, now=NOW),
            "/room/", "ticket", "token", "password", "zoom")  # fmt: skip
    return [*said, *aliases, *(f"/s/{key}" for key in keys)]


@pytest.mark.parametrize("level", Feed.Level.values)
@pytest.mark.parametrize("profile", Feed.Profile.values)
def test_no_calendar_of_a_member_tells_anything_at_any_level(
    site: Site, secrets: list[str], profile: str, level: int
) -> None:
    answer = fetch(subscribe(site.bo, profile=profile, level=level))
    assert len(events(answer)) > 2
    _discloses_nothing(answer.content, secrets)
    name = b"Tuesday lamp"
    assert (name in answer.content) == (level == Feed.Level.NAME)


@pytest.mark.parametrize("address", ["/c/g/{group}.ics", "/c/o/{organisation}/en.ics"])
def test_no_public_calendar_discloses_more_than_the_group_s_name_and_its_page(
    site: Site, secrets: list[str], address: str
) -> None:
    keys = {"group": site.group.key, "organisation": site.organisation.key}
    answer = fetch(address.format(**keys))
    assert len(events(answer)) > 2
    known = {"Harbour House"} | {secret for secret in secrets if secret.startswith("/s/")}
    _discloses_nothing(answer.content, [secret for secret in secrets if secret not in known])


def test_no_single_file_tells_a_member_s_calendar_more(site: Site, secrets: list[str]) -> None:
    for session in Occurrence.objects.all():
        file = site.browser(site.bo).get(f"/s/{session.key}/session.ics")
        _discloses_nothing(file.content, [*secrets, "Tuesday lamp"])


def _discloses_nothing(body: bytes, secrets: list[str]) -> None:
    text = body.decode().replace("\r\n ", "")
    for secret in secrets:
        assert secret.lower() not in text.lower(), secret
    for line in text.split("\r\n"):
        assert not line.startswith(PROPERTIES), line
