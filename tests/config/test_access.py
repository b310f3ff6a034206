"""Who may open which address: every route, every role."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from django.urls import get_resolver
from django.utils import timezone

import accounts.urls
import calendars.urls
import directory.urls
import scheduler.urls
from calendars.actions.feeds import create_feed
from calendars.ical.event import derive_uid
from calendars.rendering.session_rows import uid_key
from scheduler.actions.availability import add_season
from scheduler.actions.invitations import create_invitation_link
from scheduler.models import CoverInvitation, CoverRequest, GroupOffer, Membership, Search
from tests import make

if TYPE_CHECKING:
    from django.test import Client

    from tests.support.site import Site

pytestmark = pytest.mark.django_db

urlpatterns: Final = [
    *accounts.urls.urlpatterns,
    *scheduler.urls.urlpatterns,
    *calendars.urls.urlpatterns,
    *directory.urls.urlpatterns,
]
PUBLIC: Final = {
    "meetings",
    "set_zone",
    "sign_up",
    "sign_in",
    "set_language",
    "sign_out",
    "feed",
    "recover_account",
    "agreement",
    "keep_place",
    "join_by_link",
}
OWN: Final = {
    "account", "account_details", "my_privacy", "change_password", "sign_out_everywhere", "close_account", "my_sessions", "feeds",
    "name_groups", "revoke_all_feeds", "my_groups", "invited", "my_week", "add_week_window",
    "request_group",
    "add_week_preset", "clear_week_windows", "add_season", "choose_availability_shares", "answer_move",
    "week_privacy", "delete_availability", "recovery_code",
}  # fmt: skip
FACILITATORS: Final = {
    "manage_group", "describe_group", "add_series", "end_series", "invite",
    "invite_one", "revoke_invitation_link", "hand_over", "end_group", "answer_application",
    "change_member", "move_session", "cancel_session", "restore_session", "create_group", "preview_group_time",
    "organisations", "add_facilitator", "set_substitute", "covering", "dashboard", "message_group",
    "set_seats", "find_cover", "adopt_group", "preview_series", "preview_time", "add_session", "schedule_history",
    "undo_change", "manage_session", "change_following", "resize_session", "appoint_substitute",
    "allow_guests", "import_calendar", "confirm_calendar_import", "find_best_time", "set_anchor_zone",
    "roster", "decide_roster_proposal", "new_groups",
    "create_group_from_proposal", "search_state", "cancel_search",
}  # fmt: skip
MEMBERS: Final = {"group", "join_group", "leave_group", "seat", "session_file", "recurring_seat"}
MINE: Final = {
    "group_offer",
    "revoke_feed",
    "rotate_feed",
    "open_from_calendar",
    "cover",
    "remove_season",
}
OF_THE_ORGANISATION: Final = {
    "create_group", "allow_guests", "preview_group_time", "organisations", "add_facilitator", "set_substitute", "covering",
    "adopt_group", "roster", "decide_roster_proposal", "new_groups", "create_group_from_proposal", "search_state",
    "cancel_search",
}  # fmt: skip


class Draft(NamedTuple):
    """A draft for Amina's organisation with a proposal of each kind, and an offer to her."""

    search: str
    roster_proposal: int
    group_proposal: int
    offer: str


def a_draft(site: Site) -> Draft:
    occurrence = make.occurrence(site.group)
    search = Search.objects.create(
        organisation=site.organisation, kind=Search.Kind.ROSTER, state=Search.State.DONE,
        ended_at=make.FRIDAY,
    )  # fmt: skip
    roster_proposal = search.roster_proposals.create(
        occurrence=occurrence, starts_at=occurrence.starts_at, reason="no_hour"
    )
    group_proposal = search.group_proposals.create(
        language="uk", tz=site.group.tz, weekday=2, at_local=time(18)
    )
    request = site.amina.group_requests.create(organisation=site.organisation)
    offer = GroupOffer.objects.create(request=request, group=site.group)
    return Draft(search.key, roster_proposal.pk, group_proposal.pk, offer.key)


def _addresses(site: Site) -> dict[str, str]:
    """Return an address of every route, about Amina's unlisted group."""
    occurrence = make.occurrence(site.group)
    series = make.series(site.group)
    feed = create_feed(person=site.amina, label="phone", now=make.FRIDAY)
    request = CoverRequest.objects.create(occurrence=occurrence, by=site.bo)
    season = add_season(
        person=site.amina, label="summer", first_on=make.FRIDAY.date(),
        last_on=make.FRIDAY.date(), is_yearly=True, now=make.FRIDAY,
    )  # fmt: skip
    invitation = CoverInvitation.objects.create(request=request, person=site.amina)
    link = create_invitation_link(
        by=site.amina, group=site.group, needs_approval=False, lifetime=timedelta(days=7),
        now=timezone.now(),
    )  # fmt: skip
    keys = {
        "g/": site.group.key,
        "s/": occurrence.key,
        "organisations/": site.organisation.key,
    }
    membership = site.group.memberships.get(person=site.bo)
    draft = a_draft(site)
    addresses = {}
    for pattern in urlpatterns:
        route = str(pattern.pattern)
        key = next((key for start, key in keys.items() if route.startswith(start)), "")
        filled = (
            route.replace("<slug:key>", key)
            .replace("roster/<int:proposal>", f"roster/{draft.roster_proposal}")
            .replace("new-groups/<int:proposal>", f"new-groups/{draft.group_proposal}")
            .replace("<slug:search>", draft.search)
            .replace("<slug:offer>", draft.offer)
            .replace("<int:series>", str(series.pk))
            .replace("<int:membership>", str(membership.pk))
            .replace("<int:feed>", str(feed.feed.pk))
            .replace("<path:token>", feed.token)
            .replace("<uuid:uid>", derive_uid(uid_key(site.amina), occurrence.key))
            .replace("<slug:invitation>", invitation.key)
            .replace("<slug:code>", link.code)
            .replace("<int:season>", str(season.pk))
            .replace("<int:affiliation>", str(site.amina.affiliations.get().pk))
        )
        addresses[str(pattern.name)] = f"/{filled}"
    return addresses


def _request(browser: Client, address: str) -> set[int]:
    return {browser.get(address).status_code, browser.post(address).status_code}


def test_every_route_has_been_thought_about() -> None:
    names = {str(pattern.name) for pattern in urlpatterns}
    assert names == PUBLIC | OWN | FACILITATORS | MEMBERS | MINE
    assert names <= {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}


def test_to_an_outsider_everything_of_a_group_looks_missing(site: Site) -> None:
    addresses = _addresses(site)
    for name in FACILITATORS | MEMBERS | MINE:
        answers = _request(site.browser(site.chen), addresses[name])
        assert answers <= {404, 405}, name
        assert 404 in answers, name


def test_to_a_member_what_facilitators_do_looks_missing(site: Site) -> None:
    addresses = _addresses(site)
    for name in FACILITATORS | MINE:
        assert _request(site.browser(site.bo), addresses[name]) <= {404, 405}, name


def test_without_an_account_every_private_door_leads_to_the_sign_in(site: Site) -> None:
    browser = site.browser(None)
    for name, address in _addresses(site).items():
        if name in PUBLIC | {"group", "join_group", "session_file"}:
            continue
        answer = browser.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (
            302,
            f"/sign-in/?next={address}",
        ), name
    assert browser.get(site.group.get_absolute_url()).status_code == 404


def test_the_facilitator_opens_all_of_it(site: Site) -> None:
    for name, address in _addresses(site).items():
        if name not in {"sign_out", "close_account"}:
            leads_on = {
                "open_from_calendar",
                "join_group",
                "keep_place",
                "invite_one",
                "join_by_link",
            }
            expected = {302} if name in leads_on else {200, 405}
            assert site.browser(site.amina).get(address).status_code in expected, name


def test_a_co_facilitator_opens_what_the_facilitator_opens(site: Site) -> None:
    dana = make.person("dana")
    make.membership(dana, site.group, role=Membership.Role.CO_FACILITATOR)
    addresses = _addresses(site)
    for name in FACILITATORS - OF_THE_ORGANISATION:
        answers = [
            site.browser(person).get(addresses[name]).status_code for person in (site.amina, dana)
        ]
        assert answers in ([200, 200], [302, 302], [405, 405]), name


def test_nothing_changes_by_looking(site: Site) -> None:
    addresses = _addresses(site)
    changing = {
        "sign_out", "close_account", "leave_group", "seat", "revoke_invitation_link", "end_group", "end_series",
        "answer_application", "change_member", "restore_session", "revoke_feed", "rotate_feed",
        "revoke_all_feeds", "name_groups", "sign_out_everywhere",
        "recurring_seat", "set_substitute", "allow_guests",
        "preview_series", "preview_time", "preview_group_time", "undo_change", "appoint_substitute", "add_week_preset", "remove_season",
        "decide_roster_proposal", "cancel_search",
        "clear_week_windows", "choose_availability_shares", "answer_move", "delete_availability",
        "set_anchor_zone",
    }  # fmt: skip
    for name in changing:
        assert site.browser(site.amina).get(addresses[name]).status_code == 405, name
