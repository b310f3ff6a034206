from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client, override_settings

from tests import make

if TYPE_CHECKING:
    from tests.support.site import House

pytestmark = pytest.mark.django_db
TWO = override_settings(LANGUAGES=[("en", "English"), ("sk", "Slovak")])


@TWO
def test_the_account_follows_the_language_switch(house: House) -> None:
    browser = house.browser(house.bo)
    answer = browser.post("/language/", {"language": "sk", "next": "/account/"})
    assert answer.headers["Location"] == "/account/"
    house.bo.refresh_from_db()
    assert house.bo.language == "sk"
    assert browser.get("/account/").headers["Content-Language"] == "sk"


@TWO
def test_the_account_page_offers_every_language_and_marks_the_account_s(house: House) -> None:
    house.bo.language = "sk"
    house.bo.save()
    page = house.browser(house.bo).get("/account/").content.decode()
    assert '<option value="sk" lang="sk" selected>' in page
    assert '<option value="en" lang="en">' in page
    assert 'action="/language/"' in page


@TWO
@pytest.mark.parametrize("language", ["tlh", "", "../etc"])
def test_a_language_that_we_do_not_speak_changes_nothing(house: House, language: str) -> None:
    house.browser(house.bo).post("/language/", {"language": language})
    house.bo.refresh_from_db()
    assert house.bo.language == "en"


@TWO
def test_a_visitor_s_choice_is_the_browser_s_alone(house: House) -> None:
    browser = Client()
    browser.post("/language/", {"language": "sk"})
    assert browser.get("/").headers["Content-Language"] == "sk"
    house.bo.refresh_from_db()
    assert house.bo.language == "en"


def test_looking_at_the_switch_changes_nothing() -> None:
    assert make.person().language == "en"
    assert Client().get("/language/").status_code == 405
