from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from accounts.actions import people
from calendars.models import Feed
from scheduler.models import Membership
from tests import make
from tests.support.calendar_client import events, fetch, subscribe
from tests.support.page_text import words

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY
SITE = "http://127.0.0.1:8000"
CHOICES = {"label": "phone", "group": "", "level": "1", "language": "en", "profile": "flat"}


def _make_address(site: Site, **changes: str) -> tuple[str, str]:
    """Fill the form in; return the page and the address on it."""
    page = site.browser(site.bo).post("/mine/calendar/", CHOICES | changes).content.decode()
    return page, _address_on(page)


def _address_on(page: str) -> str:
    return page.split('id="secret-value" value="')[1].split('"', maxsplit=1)[0]


def _is_ended(address: str) -> bool:
    (event,) = events(fetch(address.removeprefix(SITE)))
    return "ended" in event["SUMMARY"]


def test_an_address_is_shown_once_and_never_kept(site: Site) -> None:
    _page, address = _make_address(site)
    path = address.removeprefix(SITE)
    assert path.startswith("/c/")
    assert path.endswith(".ics")
    assert len(path) <= 100 - len("https://a-long-host-name.example.org")
    again = site.browser(site.bo).get("/mine/calendar/").content.decode()
    token = path.removeprefix("/c/").removesuffix(".ics")
    assert len(token) == 43  # 32 bytes
    assert token not in again
    assert token not in str(Feed.objects.values().get())


def test_an_address_comes_with_a_picture_and_a_link_for_each_program(site: Site) -> None:
    page, address = _make_address(site)
    assert 'src="data:image/svg+xml' in page
    assert f'href="{address.replace("http", "webcal")}"' in page
    for url in ("https://calendar.google.com/", "https://outlook.live.com/"):
        assert f'href="{url}' in page
    assert page.count(quote(address, safe="")) >= 3
    assert page.count("webcal:") == 1
    assert "Thunderbird" in page


def test_an_address_shows_what_was_chosen_for_it(site: Site) -> None:
    _make_address(site, group=str(site.group.pk), level="3", profile="series", label="kitchen")
    feed = Feed.objects.get()
    assert (feed.label, feed.group, feed.level, feed.profile, feed.language) == (
        "kitchen",
        site.group,
        3,
        "series",
        "en",
    )
    assert "can read it" in words(site.browser(site.bo).get("/mine/calendar/"))


def test_one_press_without_a_choice_gives_a_neutral_link_for_all_groups(site: Site) -> None:
    page = site.browser(site.bo).post("/mine/calendar/")
    assert page.status_code == 200
    feed = Feed.objects.get()
    assert (feed.label, feed.group, feed.level, feed.profile, feed.language) == (
        "My calendar", None, Feed.Level.NEUTRAL, Feed.Profile.FLAT, "en",
    )  # fmt: skip


def test_a_stranger_s_group_is_no_choice(site: Site) -> None:
    other = make.group("Elsewhere")
    answer = site.browser(site.bo).post("/mine/calendar/", CHOICES | {"group": str(other.pk)})
    assert "Elsewhere" not in answer.content.decode()
    assert not Feed.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_database_as_often_for_three_addresses_as_for_one(
    site: Site, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _row in range(rows):
        subscribe(site.bo)
    browser = site.browser(site.bo)
    with django_assert_num_queries(6):
        page = browser.get("/mine/calendar/").content.decode()
    assert page.count("Not read yet") == rows


def test_the_list_tells_the_day_and_the_family_of_the_last_fetch(site: Site) -> None:
    fetch(subscribe(site.bo), User_Agent="Mozilla/5.0 Thunderbird/140.1")
    assert "Last read on 5 June by Thunderbird" in words(
        site.browser(site.bo).get("/mine/calendar/")
    )


def test_a_new_secret_ends_the_old_one_and_keeps_every_name(site: Site) -> None:
    make.occurrence(site.group, starts_at=NOW + timedelta(days=2))
    _page, old = _make_address(site, level="3")
    (before,) = events(fetch(old.removeprefix(SITE)))
    page = site.browser(site.bo).post(f"/mine/calendar/{Feed.objects.get().pk}/renew/")
    new = _address_on(page.content.decode())
    (after,) = events(fetch(new.removeprefix(SITE)))
    assert new != old
    assert after == before
    assert _is_ended(old)


def test_one_address_or_all_of_them_can_be_ended(site: Site) -> None:
    addresses = [subscribe(site.bo) for _ in range(3)]
    first = Feed.objects.earliest("pk")
    site.browser(site.bo).post(f"/mine/calendar/{first.pk}/end/")
    assert _is_ended(addresses[0])
    assert events(fetch(addresses[1])) == []
    site.browser(site.bo).post("/mine/calendar/end/")
    assert all(_is_ended(address) for address in addresses)


def test_ending_all_addresses_ends_nobody_else_s(site: Site) -> None:
    other = subscribe(site.amina)
    site.browser(site.bo).post("/mine/calendar/end/")
    assert events(fetch(other)) == []


def test_own_names_are_kept_and_seen_by_nobody_else(site: Site) -> None:
    membership = site.group.memberships.get(person=site.bo)
    field = f"own_name_{membership.pk}"
    site.browser(site.bo).post("/mine/calendar/names/", {field: "Orchard"})
    membership.refresh_from_db()
    assert membership.own_name == "Orchard"
    assert "Orchard" in site.browser(site.bo).get("/mine/calendar/").content.decode()
    for address in (
        "/mine/calendar/",
        f"/g/{site.group.key}/manage/",
        site.group.get_absolute_url(),
    ):
        assert "Orchard" not in site.browser(site.amina).get(address).content.decode()


def test_nobody_names_another_s_group(site: Site) -> None:
    theirs = site.group.memberships.get(person=site.amina)
    site.browser(site.bo).post("/mine/calendar/names/", {f"own_name_{theirs.pk}": "Orchard"})
    assert not Membership.objects.filter(own_name="Orchard").exists()


def test_signing_out_everywhere_ends_every_sign_in_and_every_address(site: Site) -> None:
    address = subscribe(site.bo)
    here, elsewhere, amina = (site.browser(who) for who in (site.bo, site.bo, site.amina))
    here.post("/account/sign-out/")
    assert _is_ended(address)
    assert [browser.get("/account/").status_code for browser in (here, elsewhere)] == [302, 302]
    assert amina.get("/account/").status_code == 200


def test_another_passphrase_ends_every_address_and_every_other_sign_in(site: Site) -> None:
    address = subscribe(site.bo)
    here, elsewhere = site.browser(site.bo), site.browser(site.bo)
    answer = here.post(
        "/account/password/",
        {"current": make.PASSWORD, "password": "three boats on a quiet river"},
    )
    assert answer.status_code == 302
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert _is_ended(address)
    site.bo.refresh_from_db()
    assert site.bo.check_password("three boats on a quiet river")


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [
        ("not this one", "three boats on a river", "not your current"),
        (make.PASSWORD, "short", ""),
    ],
)
def test_a_passphrase_is_not_changed_by_a_stranger_or_into_a_weak_one(
    site: Site, current: str, new: str, sentence: str
) -> None:
    address = subscribe(site.bo)
    answer = site.browser(site.bo).post("/account/password/", {"current": current, "password": new})
    assert sentence in words(answer)
    site.bo.refresh_from_db()
    assert site.bo.check_password(make.PASSWORD)
    assert events(fetch(address)) == []


def test_guessing_the_present_passphrase_is_slowed_down(site: Site) -> None:
    browser = site.browser(site.bo)
    wrong = {"current": "not this one", "password": "three boats on a river"}
    for _try in range(8):
        browser.post("/account/password/", wrong)
    right = wrong | {"current": make.PASSWORD}
    assert "too often" in words(browser.post("/account/password/", right))


def test_a_closed_account_s_addresses_say_that_they_ended(site: Site) -> None:
    address = subscribe(site.bo)
    people.close_account(person=site.bo, now=NOW)
    assert _is_ended(address)
    assert Feed.objects.get().label == ""
