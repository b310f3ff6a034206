"""Calendars without a secret, and single sessions as files."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scheduler.models import Group
from tests import make
from tests.support.calendar_client import events, fetch, subscribe

if TYPE_CHECKING:
    from scheduler.models import Occurrence
    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY


def test_a_listed_group_has_a_calendar_that_anyone_may_read(site: Site) -> None:
    Group.objects.update(is_listed=True)
    session = make.occurrence(site.group, starts_at=NOW + timedelta(days=2))
    address = f"/c/g/{site.group.key}.ics"
    answer = fetch(address)
    (event,) = events(answer)
    assert event["SUMMARY"] == "Tuesday lamp"
    assert str(event["URL"]).endswith(session.get_absolute_url())
    assert fetch(address, If_None_Match=answer["ETag"]).status_code == 304
    text = answer.content.decode()
    for key in (site.group.key, session.key, str(event["UID"])):
        text = text.replace(key, "")  # random letters may spell a name
    for secret in ("Amina", "Harbour light", "bo"):
        assert secret not in text


def test_a_group_that_is_no_longer_listed_looks_missing(site: Site) -> None:
    address = f"/c/g/{site.group.key}.ics"
    assert fetch(address).status_code == 404
    Group.objects.update(is_listed=True)
    assert fetch(address).status_code == 200
    Group.objects.update(is_listed=False)
    assert fetch(address).status_code == 404


def test_an_organisation_has_a_calendar_in_each_language_of_its_listed_groups(
    site: Site,
) -> None:
    slovak = make.group("Lampa", organisation=site.organisation, languages=("sk",))
    session = make.occurrence(slovak, starts_at=NOW + timedelta(days=2))
    make.occurrence(site.group)  # unlisted
    make.occurrence(make.group("Elsewhere", languages=("sk",)))
    (event,) = events(fetch(f"/c/o/{site.organisation.key}/sk.ics"))
    assert event.start == session.starts_at
    assert fetch(f"/c/o/{site.organisation.key}/en.ics").status_code == 404


def test_a_single_file_names_the_session_as_that_member_s_calendar_does(
    site: Site, session: Occurrence
) -> None:
    file = site.browser(site.bo).get(f"/s/{session.key}/session.ics")
    (single,), (event,) = events(file), events(fetch(subscribe(site.bo)))
    assert file["Content-Disposition"] == 'attachment; filename="session.ics"'
    assert single == event
    assert single["SUMMARY"] == "Session"


def test_a_single_file_of_a_public_session_agrees_with_the_public_calendar(site: Site) -> None:
    Group.objects.update(is_listed=True)
    session = make.occurrence(site.group, starts_at=NOW + timedelta(days=2))
    file = site.browser(None).get(f"/s/{session.key}/session.ics")
    (single,), (event,) = events(file), events(fetch(f"/c/g/{site.group.key}.ics"))
    assert single == event


def test_robots_may_fetch_calendars(site: Site) -> None:
    rules = site.browser(None).get("/robots.txt").content.decode()
    assert "Disallow: /" not in rules
    assert "Allow: /c/" in rules
