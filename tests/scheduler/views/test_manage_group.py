"""The page on which a facilitator manages a group, and the pages behind it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from civiltime.recurrence import Rule
from scheduler.actions import schedule
from scheduler.models import Group, Invitation, Membership, Occurrence
from tests import make
from tests.support.page_text import words

if TYPE_CHECKING:
    from django.test import Client

    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY


def _page(site: Site) -> str:
    return words(site.browser(site.amina).get(f"/g/{site.group.key}/manage/"))


def _change(site: Site, membership: Membership, act: str) -> str:
    address = f"/g/{site.group.key}/manage/people/{membership.pk}/"
    return words(site.browser(site.amina).post(address, {act: "1"}, follow=True))


def _series(site: Site) -> Occurrence:
    schedule.create_series(
        by=site.amina, group=site.group, first_local=datetime(2026, 6, 9, 18, 0),
        rule=Rule.parse("FREQ=WEEKLY"), duration_minutes=60, now=NOW,
    )  # fmt: skip
    return site.group.occurrences.order_by("starts_at")[0]


def _link(browser: Client, site: Site, **choices: str) -> Invitation:
    address = f"/g/{site.group.key}/manage/invite/"
    browser.post(address, {"joins": "at_once", "days": "30"} | choices)
    return Invitation.objects.get(revoked_at=None)


def test_a_link_is_shown_with_its_code_to_scan_until_it_is_ended(site: Site) -> None:
    Group.objects.update(join_policy=Group.JoinPolicy.INVITATION)
    browser = site.browser(site.amina)
    link = _link(browser, site)
    for address in ("", "invite/"):
        page = browser.get(f"/g/{site.group.key}/manage/{address}").content.decode()
        assert f'value="http://testserver/join/{link.code}/"' in page
        assert "data:image/svg+xml" in page
        assert "5 July" in page
    said = words(browser.post(f"/g/{site.group.key}/manage/invite/end/", follow=True))
    assert "The link has ended" in said
    assert link.code not in _page(site)


@pytest.mark.parametrize(
    ("joins", "state"),
    [("at_once", Membership.State.ACTIVE), ("by_approval", Membership.State.APPLIED)],
)
@pytest.mark.parametrize("policy", [Group.JoinPolicy.INVITATION, Group.JoinPolicy.APPROVAL])
def test_somebody_new_comes_in_by_the_link_of_an_unlisted_group(
    site: Site, policy: str, joins: str, state: str
) -> None:
    Group.objects.update(join_policy=policy)
    link = _link(site.browser(site.amina), site, joins=joins)
    browser = site.browser(site.chen)
    page = browser.get(f"/join/{link.code}/").content.decode()
    assert "Tuesday lamp" in page
    assert f'<input type="hidden" name="code" value="{link.code}"' in page
    browser.post(
        f"/g/{site.group.key}/join/", {"alias": "Mountain", "code": link.code, "agrees": "on"}
    )
    assert Membership.objects.get(person=site.chen).state == state


def test_the_link_of_an_unlisted_open_group_opens_it_too(site: Site) -> None:
    link = _link(site.browser(site.amina), site)
    browser = site.browser(site.chen)
    browser.get(f"/join/{link.code}/")
    browser.post(
        f"/g/{site.group.key}/join/", {"alias": "Mountain", "code": link.code, "agrees": "on"}
    )
    assert Membership.objects.get(person=site.chen).state == Membership.State.ACTIVE


def test_a_visitor_signs_in_and_comes_back_to_the_link(site: Site) -> None:
    link = _link(site.browser(site.amina), site)
    page = site.browser(None).get(f"/join/{link.code}/").content.decode()
    assert f"?next=/join/{link.code}/" in page


def test_a_link_that_has_ended_leads_to_the_meetings_and_says_why(site: Site) -> None:
    page = words(site.browser(None).get("/join/AAAA-BBBB-CCCC/", follow=True))
    assert "does not open a group" in page


def test_the_first_steps_of_a_group_end_with_its_first_session(site: Site) -> None:
    assert "First steps" in _page(site)
    make.occurrence(site.group, starts_at=NOW - timedelta(days=1))
    assert "First steps" not in _page(site)


def test_every_change_of_a_person_says_what_happened(site: Site) -> None:
    bo = site.group.memberships.get(person=site.bo)
    assert "Harbour light is now a co-facilitator." in _change(site, bo, "co_facilitate")
    assert "Harbour light is now a member" in _change(site, bo, "step_down")
    assert "Harbour light is no longer in the group" in _change(site, bo, "remove")


def test_every_change_of_a_person_is_asked_first(site: Site) -> None:
    page = site.browser(site.amina).get(f"/g/{site.group.key}/manage/").content.decode()
    for question in (
        "Make Harbour light a co-facilitator?",
        "Remove Harbour light from the group?",
    ):
        assert f"<h2>{question}</h2>" in page


def test_a_group_is_handed_over_on_its_own_page(site: Site) -> None:
    bo = site.group.memberships.get(person=site.bo)
    browser, address = site.browser(site.amina), f"/g/{site.group.key}/manage/hand-over/"
    assert address in browser.get(f"/g/{site.group.key}/manage/").content.decode()
    assert "Harbour light" in words(browser.get(address))
    said = words(browser.post(address, {"successor": bo.pk, "then": "stay"}, follow=True))
    assert "Harbour light leads the group now. You are a member." in said
    assert browser.get(f"/g/{site.group.key}/manage/").status_code == 404


def test_the_only_facilitator_is_shown_the_way_to_hand_over(site: Site) -> None:
    own = site.group.memberships.get(person=site.amina)
    assert "Hand the group over first" in _change(site, own, "step_down")


def test_a_change_of_a_session_names_its_moment_and_how_many_were_notified(site: Site) -> None:
    first, browser = _series(site), site.browser(site.amina)
    said = words(browser.post(f"/s/{first.key}/cancel/", {"reason": ""}, follow=True))
    assert "Cancelled: Tue 9 Jun, 19:00. 1 member was notified." in said
    said = words(browser.post(f"/s/{first.key}/restore/", follow=True))
    assert "Takes place again: Tue 9 Jun, 19:00. 1 member was notified." in said
    new_time = {"on": "2026-06-10", "starts": "18:00", "duration_minutes": 60}
    said = words(
        browser.post(f"/s/{first.key}/move/", new_time | {"tz": "Europe/Bratislava"}, follow=True)
    )
    assert "Moved to Wed 10 Jun, 19:00. 1 member was notified." in said


def test_cover_is_offered_only_where_somebody_can_be_asked(site: Site) -> None:
    first = _series(site)
    address = f'href="/s/{first.key}/cover/"'
    browser = site.browser(site.amina)
    assert address not in browser.get(f"/g/{site.group.key}/manage/").content.decode()
    make.affiliation(make.person("eli"), site.organisation, is_substitute=True)
    assert address in browser.get(f"/g/{site.group.key}/manage/").content.decode()


def test_a_series_is_one_line_and_a_session_that_happens_once_is_none(site: Site) -> None:
    _series(site)
    schedule.create_series(
        by=site.amina, group=site.group, first_local=datetime(2026, 6, 6, 9, 0),
        rule=Rule.parse("FREQ=DAILY;COUNT=1"), duration_minutes=60, now=NOW,
    )  # fmt: skip
    page = _page(site)
    assert page.count("Every week on Tuesday at 18:00") == 2  # once said, once for its menu
    assert "Every day" not in page


def test_a_group_is_ended_after_a_question_and_reopened_on_its_page(site: Site) -> None:
    browser, address = site.browser(site.amina), f"/g/{site.group.key}/manage/end/"
    assert "End this group?" in _page(site)
    said = words(browser.post(address, follow=True))
    assert "The group has ended and its coming sessions are cancelled. 1 member was" in said
    assert "This group has ended. It disappears on 5 July" in said
    said = words(browser.post(address, {"reopen": "1"}, follow=True))
    assert "The group is open again." in said
    assert "End this group?" in said
