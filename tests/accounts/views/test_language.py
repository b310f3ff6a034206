from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client, override_settings

from tests import make

if TYPE_CHECKING:
    from tests.support.site import Site

pytestmark = pytest.mark.django_db
TWO = override_settings(LANGUAGES=[("en", "English"), ("sk", "Slovak")])


@TWO
def test_the_account_follows_the_language_switch(site: Site) -> None:
    browser = site.browser(site.bo)
    answer = browser.post("/language/", {"language": "sk", "next": "/account/"})
    assert answer.headers["Location"] == "/account/"
    site.bo.refresh_from_db()
    assert site.bo.language == "sk"
    assert browser.get("/zone/").headers["Content-Language"] == "sk"


@TWO
def test_the_account_page_offers_every_language_and_marks_the_account_s(site: Site) -> None:
    site.bo.language = "sk"
    site.bo.save()
    page = site.browser(site.bo).get("/zone/").content.decode()
    assert '<option value="sk" lang="sk" selected>' in page
    assert '<option value="en" lang="en">' in page
    assert 'action="/language/"' in page


@TWO
@pytest.mark.parametrize("language", ["tlh", "", "../etc"])
def test_a_language_that_we_do_not_speak_changes_nothing(site: Site, language: str) -> None:
    site.browser(site.bo).post("/language/", {"language": language})
    site.bo.refresh_from_db()
    assert site.bo.language == "en"


@TWO
def test_a_visitor_s_choice_is_the_browser_s_alone(site: Site) -> None:
    browser = Client()
    browser.post("/language/", {"language": "sk"})
    assert browser.get("/").headers["Content-Language"] == "sk"
    site.bo.refresh_from_db()
    assert site.bo.language == "en"


def test_looking_at_the_switch_changes_nothing() -> None:
    assert make.person().language == "en"
    assert Client().get("/language/").status_code == 405
