from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.actions import people, recovery_codes
from accounts.models import Person, RecoveryCode
from accounts.one_time_codes import CODE_ALPHABET
from tests import make
from tests.support.calendar_client import events, fetch, subscribe
from tests.support.page_text import words

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django import DjangoAssertNumQueries

    from tests.support.site import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

NOW = make.FRIDAY
NEW = "three boats on a quiet river"
KEY = re.compile(r'id="secret-value" translate="no">([A-Z0-9-]+)<')
OPEN, MAKE = "/sign-in/recovery-code/", "/account/recovery-code/"


def _key_of(person: Person) -> str:
    return recovery_codes.create_recovery_code(person=person, now=NOW)


def _open(
    username: str, code: str, *, password: str = NEW, by: Client | None = None
) -> HttpResponse:
    filled = {"username": username, "code": code, "password": password}
    return (by or Client()).post(OPEN, filled)


def _key_on(answer: HttpResponse) -> str:
    found = KEY.search(answer.content.decode())
    assert found, words(answer)
    return found[1]


def _is_refused(answer: HttpResponse) -> bool:
    return "do not go together" in words(answer)


def test_a_key_is_long_plain_to_read_shown_once_and_never_kept(site: Site) -> None:
    browser = site.browser(site.bo)
    answer = browser.post(MAKE, {"current": make.PASSWORD})
    key = _key_on(answer)
    letters = key.replace("-", "")
    assert len(CODE_ALPHABET) ** len(letters) > 2**128
    assert not set("ILOU01") & set(letters)
    assert "no-store" in answer["Cache-Control"]
    assert key not in browser.get(MAKE).content.decode()
    assert letters not in str(RecoveryCode.objects.values()).replace("-", "")
    assert "5 June 2026" in words(browser.get("/account/details/"))


def test_an_open_screen_is_not_enough_to_make_a_key(site: Site) -> None:
    answer = site.browser(site.bo).post(MAKE, {"current": "not this one"})
    assert "not your current" in words(answer)
    assert not RecoveryCode.objects.exists()


def test_whoever_signs_up_may_take_a_key_along(site: Site) -> None:
    filled = {"username": "dina", "password": NEW, "tz": "Asia/Kathmandu", "next": "/groups/"}
    page = Client().post("/sign-up/", filled | {"wants_recovery_code": "on"})
    assert 'href="/groups/"' in page.content.decode()
    assert Client().post("/sign-up/", filled | {"username": "eva"}).status_code == 302
    assert list(RecoveryCode.objects.values_list("person__username", flat=True)) == ["dina"]
    assert "Welcome back" in words(_open("Dina", _key_on(page).lower().replace("-", " ")))


def test_a_key_sets_another_passphrase_and_gives_the_next_key(site: Site) -> None:
    browser = Client()
    answer = _open("bo", _key_of(site.bo), by=browser)
    assert "Welcome back" in words(answer)
    assert browser.get("/account/details/").status_code == 200
    site.bo.refresh_from_db()
    assert site.bo.check_password(NEW)
    assert "Welcome back" in words(_open("bo", _key_on(answer)))


def test_a_key_opens_once_and_a_new_one_ends_the_old(site: Site) -> None:
    first = _key_of(site.bo)
    second = _key_of(site.bo)
    assert _is_refused(_open("bo", first))
    assert not _is_refused(_open("bo", second))
    assert _is_refused(_open("bo", second))


def test_opening_signs_out_everywhere_and_ends_every_calendar_address(site: Site) -> None:
    elsewhere, address = site.browser(site.bo), subscribe(site.bo)
    _open("bo", _key_of(site.bo))
    assert elsewhere.get("/account/details/").status_code == 302
    (event,) = events(fetch(address))
    assert "ended" in event["SUMMARY"]


def test_one_person_s_key_opens_nobody_else_s_account(site: Site) -> None:
    key = _key_of(site.bo)
    _key_of(site.amina)
    assert _is_refused(_open("amina", key))
    assert not _is_refused(_open("bo", key))


def test_an_unknown_handle_and_a_wrong_key_are_answered_alike_after_one_look_up(
    site: Site, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _key_of(site.bo)
    answers = []
    for username in ("bo", "chen", "nobody"):  # a wrong key, no key, no account
        with django_assert_num_queries(4):  # one look, and what a savepoint needs
            answers.append(words(_open(username, "AAAA-BBBB")))
    assert len(set(answers)) == 1


def test_a_weak_passphrase_does_not_spend_the_key(site: Site) -> None:
    key = _key_of(site.bo)
    assert not _is_refused(_open("bo", key, password="short"))
    assert "Welcome back" in words(_open("bo", key))


def test_guessing_is_slowed_down_apart_from_the_passphrases_that_were_forgotten(
    site: Site,
) -> None:
    key = _key_of(site.bo)
    for _wrong in range(9):
        Client().post("/sign-in/", {"username": "bo", "password": "was it this one"})
    for _wrong in range(7):
        assert _is_refused(_open("bo", "AAAA"))
    assert "Welcome back" in words(_open("bo", key))
    again = _key_of(site.bo)
    for _wrong in range(8):
        _open("bo", "AAAA")
    assert "too often" in words(_open("bo", again))


def test_a_closed_account_is_not_opened_again(site: Site) -> None:
    key = _key_of(site.bo)
    people.close_account(person=site.bo, now=NOW)
    assert not RecoveryCode.objects.exists()
    assert _is_refused(_open(f"closed-{site.bo.pk}", key))


def test_the_way_in_is_linked_and_its_title_tells_nothing(site: Site) -> None:
    assert f'href="{OPEN}"' in Client().get("/sign-in/").content.decode()
    assert f'href="{MAKE}"' in site.browser(site.bo).get("/account/details/").content.decode()
    for page in (Client().get(OPEN), site.browser(site.bo).get(MAKE)):
        assert not re.search("recover|password", words(page).split("  ")[0][:40], re.IGNORECASE)
