from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client

from accounts.models import Person
from scheduler.models import Group, Membership, Seat, Series
from tests import make
from tests.support.page_text import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries

    from tests.support.site import Site

pytestmark = pytest.mark.django_db

NOW = make.FRIDAY


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def _listed(number: int) -> None:
    for place in range(number):
        group = make.group(f"Listed {place}", languages=("en", "sk"))
        make.occurrence(group, starts_at=NOW + timedelta(hours=place))


@pytest.mark.parametrize("rows", [1, 3])
def test_now_and_next_asks_the_database_as_often_for_three_as_for_one(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _listed(rows)
    with django_assert_num_queries(3):
        page = Client().get("/?language=")
    assert page.content.count(b'<h3><a class="name" id="session-') == rows + min(rows - 1, 3)


def test_now_and_next_shows_what_is_on_then_what_starts_soonest_and_nothing_that_is_over() -> None:
    for name, hours in (("Later", 5), ("Sooner", 2), ("On", -0.5), ("Over", -3)):
        make.occurrence(make.group(name), starts_at=NOW + timedelta(hours=hours))
    hidden = make.group("Hidden", is_listed=False)
    make.occurrence(hidden, starts_at=NOW + timedelta(hours=1))
    page = Client().get("/").content.decode()
    places = [page.find(f"<bdi>{name}</bdi>") for name in ("On", "Sooner", "Later")]
    assert places == sorted(places)
    assert -1 not in places
    assert "Over" not in page
    assert "Hidden" not in page


def test_now_and_next_finds_by_language_and_by_every_word() -> None:
    for name, languages in (("Morning women", ("ar",)), ("Morning family", ("en",))):
        make.occurrence(make.group(name, languages=languages))
    found = Client().get("/", {"language": "en", "words": "family morning"}).content.decode()
    assert "Morning family" in found
    assert "Morning women" not in found


def test_times_are_those_of_the_browsers_zone() -> None:
    group = make.group("Kathmandu evening", tz="Asia/Kathmandu")
    make.occurrence(group, starts_at=NOW + timedelta(hours=6))  # 18:00 UTC
    browser = Client()
    browser.cookies["tz"] = "Africa/Cairo"
    page = words(browser.get("/?language="))
    assert "21:00 Kathmandu evening" in page
    assert "Friday 5 June · Cairo" in page


def test_a_zone_chosen_by_hand_is_remembered_by_the_browser_or_the_account(site: Site) -> None:
    browser = Client()
    answer = browser.post("/zone/", {"tz": "Asia/Kathmandu", "next": "/"})
    assert answer.cookies["tz"]["max-age"] == 365 * 24 * 3600
    assert "Kathmandu (UTC+05:45)" in browser.get("/").content.decode()
    site.browser(site.bo).post("/zone/", {"tz": "Asia/Kathmandu"})
    site.bo.refresh_from_db()
    assert (site.bo.tz.key, site.bo.tz_chosen_at) == ("Asia/Kathmandu", NOW)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Kathmandu", "Asia/Kathmandu"),
        ("kathmandu ", "Asia/Kathmandu"),
        ("Asia/Kathmandu", "Asia/Kathmandu"),
        ("Buenos Aires, Argentina", "America/Argentina/Buenos_Aires"),
        ("buenos aires", "America/Argentina/Buenos_Aires"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_chosen_by_the_name_of_a_place(typed: str, name: str) -> None:
    browser = Client()
    assert browser.post("/zone/", {"tz": typed}).status_code == 302
    assert browser.cookies["tz"].value == name


@pytest.mark.parametrize("typed", ["", " ", "Atlantis", "/", "Europe", "x" * 100])
def test_a_place_that_nobody_knows_is_answered_with_a_sentence(typed: str) -> None:
    answer = Client().post("/zone/", {"tz": typed})
    assert 'aria-invalid="true"' in answer.content.decode()


@pytest.mark.parametrize("cookie", ["Mars/Olympus", "../../etc/passwd", "", "x" * 4000])
def test_a_cookie_that_names_no_zone_means_utc(cookie: str) -> None:
    browser = Client()
    browser.cookies["tz"] = cookie
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "javascript:alert(1)", "/\\evil.example"],
)
def test_nobody_is_led_to_another_site(elsewhere: str) -> None:
    answer = Client().post("/zone/", {"tz": "UTC", "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_an_account_takes_a_handle_and_a_passphrase_and_leads_back() -> None:
    browser = Client()
    answer = browser.post(
        "/sign-up/?next=/groups/",
        {
            "username": "Quiet.River",
            "password": make.PASSWORD,
            "tz": "Africa/Cairo",
            "next": "/groups/",
        },
    )
    assert answer.headers["Location"] == "/groups/"
    person = Person.objects.get()
    assert (person.username, person.email, person.tz.key) == ("quiet.river", "", "Africa/Cairo")
    assert browser.get("/groups/").status_code == 200


def test_an_address_that_nobody_proved_is_not_used_and_signs_nobody_in() -> None:
    Client().post(
        "/sign-up/",
        {"username": "bo", "password": make.PASSWORD, "tz": "UTC", "email": "bo@example.org"},
    )
    assert not Person.objects.get().can_be_mailed
    answer = Client().post("/sign-in/", {"username": "bo@example.org", "password": make.PASSWORD})
    assert answer.status_code == 200
    assert "_auth_user_id" not in answer.wsgi_request.session


def test_a_wrong_passphrase_and_an_unknown_handle_read_the_same(site: Site) -> None:
    told = [
        Client().post("/sign-in/", {"username": username, "password": "wrong wrong wrong"})
        for username in ("bo", "nobody")
    ]
    assert "do not go together" in told[0].content.decode()
    assert [answer.content.count(b"errorlist") for answer in told] == [
        told[0].content.count(b"errorlist")
    ] * 2


def test_guessing_is_slowed_while_the_owner_elsewhere_walks_in(site: Site) -> None:
    for _try in range(8):
        Client().post("/sign-in/", {"username": "bo", "password": "wrong wrong wrong"})
    right = {"username": "bo", "password": make.PASSWORD}
    assert "quarter of an hour" in Client().post("/sign-in/", right).content.decode()
    assert Client(REMOTE_ADDR="203.0.113.9").post("/sign-in/", right).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("username", "a", "at least 2"),
        ("username", "x" * 31, "at most 30"),
        ("username", "bo larsen", "letters, digits"),
        ("username", "BO", "taken"),
        ("password", "short", "at least 10 characters"),
        ("password", "1234567890", "guessed first"),
        ("password", "newcomer--", "too close to your user name"),
        ("password", "x" * 201, "at most 200"),
        ("email", "not an address", "valid email"),
        ("tz", "Mars/Olympus", "valid choice"),
    ],
)
def test_every_limit_of_the_sign_up_says_itself(
    site: Site, field: str, value: str, told: str
) -> None:
    good = {"username": "newcomer", "password": make.PASSWORD, "email": "", "tz": "UTC"}
    answer = Client().post("/sign-up/", good | {field: value})
    assert answer.status_code == 200
    assert told in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("on", "2026-02-30", "valid date"),
        ("on", "2026-06-01", "has passed"),
        ("starts", "25:00", "Choose a time of day"),
        ("duration_minutes", "5", "greater than or equal to 10"),
        ("duration_minutes", "300", "less than or equal to 240"),
        ("repeats", "hourly", "valid choice"),
        ("every", "0", "greater than or equal to 1"),
        ("every", "13", "less than or equal to 12"),
        ("ends", "after", "how many sessions"),
        ("ends", "on", "which day is the last"),
    ],
)
def test_every_limit_of_an_hour_says_itself(site: Site, field: str, value: str, told: str) -> None:
    hour = {"on": "2026-06-09", "starts": "18:00", "repeats": "weekly", "duration_minutes": 60}
    answer = site.browser(site.amina).post(
        f"/g/{site.group.key}/manage/series/", hour | {field: value}
    )
    assert told in answer.content.decode()
    assert not Series.objects.exists()


def test_someone_new_joins_under_an_alias_and_takes_a_seat(site: Site) -> None:
    Group.objects.filter(pk=site.group.pk).update(is_listed=True)
    occurrence = make.occurrence(site.group)
    browser = site.browser(site.chen)
    browser.post(f"/g/{site.group.key}/join/", {"alias": "Mountain", "agrees": "on"})
    browser.post(f"/s/{occurrence.key}/seat/", follow=True)
    seat = Seat.objects.get()
    assert (seat.membership.alias, seat.state) == ("Mountain", Seat.State.GOING)
    assert "You're coming" in words(browser.get("/mine/"))


def test_who_came_second_is_told_kindly(site: Site) -> None:
    occurrence = make.occurrence(site.group)
    Group.objects.filter(pk=site.group.pk).update(capacity=2)
    for place in range(2):
        make.seat(make.membership(make.person(), site.group, alias=f"M{place}"), occurrence)
    answer = site.browser(site.bo).post(f"/s/{occurrence.key}/seat/", follow=True)
    assert "The last place was just taken" in words(answer)


def test_a_code_shows_an_unlisted_group_and_opens_it_once(site: Site) -> None:
    Group.objects.filter(pk=site.group.pk).update(join_policy=Group.JoinPolicy.INVITATION)
    page = site.browser(site.amina).post(f"/g/{site.group.key}/manage/invite/one/").content.decode()
    code = page.split('id="secret-value" value="')[1].split('"')[0]
    browser = site.browser(site.chen)
    assert "Tuesday lamp" in browser.post("/groups/code/", {"code": code}).content.decode()
    browser.post(f"/g/{site.group.key}/join/", {"alias": "Mountain", "code": code, "agrees": "on"})
    assert Membership.objects.get(person=site.chen).state == Membership.State.ACTIVE


def test_members_see_no_roster_only_counts(site: Site) -> None:
    make.seat(site.group.memberships.get(person=site.amina), make.occurrence(site.group))
    make.membership(make.person("dana"), site.group, alias="Heron")
    page = site.browser(site.bo).get(site.group.get_absolute_url()).content.decode()
    assert "Amina" in page  # who facilitates is said
    assert "Heron" not in page


def test_a_coordinator_sees_groups_and_hours_but_no_member(site: Site) -> None:
    make.occurrence(site.group)
    page = site.browser(site.amina).get("/organisations/").content.decode()
    assert "Tuesday lamp" in page
    assert "Harbour light" not in page
    assert ">bo<" not in page


def test_a_coordinator_lets_someone_found_groups_by_handle(site: Site) -> None:
    address = f"/organisations/{site.organisation.key}/facilitators/"
    browser = site.browser(site.amina)
    assert (
        "Nobody has this user name"
        in browser.post(address, {"username": "nobody"}).content.decode()
    )
    browser.post(address, {"username": "Chen"})
    assert site.browser(site.chen).get("/groups/new/").status_code == 200


def test_closing_an_account_leaves_nothing_of_it(site: Site) -> None:
    membership = site.group.memberships.get(person=site.bo)
    make.seat(membership, make.occurrence(site.group))
    site.browser(site.bo).post("/account/close/")
    site.bo.refresh_from_db()
    assert not site.bo.is_active
    assert site.bo.username.startswith("closed-")
    assert not Membership.objects.filter(person=site.bo).exists()
    assert not Seat.objects.exists()


def test_no_title_names_a_group_or_recovery(site: Site) -> None:
    for address in ("/", site.group.get_absolute_url(), "/mine/", f"/g/{site.group.key}/manage/"):
        page = site.browser(site.amina).get(address).content.decode()
        title = page.split("<title>")[1].split("</title>")[0]
        assert "lamp" not in title
        assert "recover" not in title.lower()
