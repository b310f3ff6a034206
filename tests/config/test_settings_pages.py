"""The settings are one place: a list, a rail beside each page, a way back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from config.navigation import SETTINGS, Section, section_of, settings_page_of
from tests.support.page_text import words

if TYPE_CHECKING:
    from tests.support.site import Site

pytestmark = pytest.mark.django_db

BELOW = {
    "change_password": "account_details",
    "recovery_code": "account_details",
    "give_address": "notifications",
    "quiet_hours": "notifications",
    "message_wording": "notifications",
    "add_season": "my_week",
    "week_privacy": "my_privacy",
}


@pytest.mark.parametrize("page", SETTINGS, ids=lambda page: page.url_name)
def test_each_page_of_the_list_marks_its_place_and_leads_back(site: Site, page) -> None:
    browser, address = site.browser(site.bo), reverse(page.url_name)
    assert f'href="{address}"' in browser.get(reverse("account")).content.decode()
    shown = browser.get(address).content.decode()
    rail = re.search(r'<nav class="subnav" aria-label="Settings">.*?</nav>', shown, re.DOTALL)
    assert rail
    assert rail[0].count("<a ") == len(SETTINGS)
    assert f'href="{address}" aria-current="page">{page.label}' in rail[0]
    assert f'class="back" href="{reverse("account")}"' in shown
    assert section_of(address) == Section.ACCOUNT


@pytest.mark.parametrize(("name", "above"), BELOW.items())
def test_a_page_below_another_leads_back_to_it(site: Site, name: str, above: str) -> None:
    shown = site.browser(site.bo).get(reverse(name)).content.decode()
    assert f'class="back" href="{reverse(above)}"' in shown
    assert settings_page_of(reverse(name)).url_name == above


def test_a_phone_without_an_account_menu_can_sign_out(site: Site) -> None:
    browser = site.browser(site.bo)
    shown = browser.get(reverse("account")).content.decode().split("<main")[1]
    assert f'action="{reverse("sign_out")}"' in shown
    assert "Signed in as bo" in words(browser.get(reverse("account")))


def test_the_operator_finds_message_delivery_and_nobody_else(site: Site) -> None:
    link = f'<a class="row__link" href="{reverse("message_delivery")}"'
    browser = site.browser(site.bo)
    assert link not in browser.get(reverse("account")).content.decode()
    site.bo.is_operator = True
    site.bo.save()
    assert link in browser.get(reverse("account")).content.decode()


def test_privacy_names_the_alias_in_each_group(site: Site) -> None:
    page = words(site.browser(site.bo).get(reverse("my_privacy")))
    assert "Harbour light Tuesday lamp" in page


def test_devices_say_in_how_many_browsers_one_is_signed_in(site: Site) -> None:
    site.browser(site.bo)
    page = words(site.browser(site.bo).get(reverse("devices")))
    assert "signed in in 2 browsers" in page


def test_no_page_of_the_settings_has_an_id_twice(site: Site) -> None:
    browser = site.browser(site.bo)
    browser.post(reverse("add_week_preset"), {"preset": "evenings"})
    for name in [page.url_name for page in SETTINGS] + list(BELOW):
        ids = re.findall(r'\sid="([^"]+)"', browser.get(reverse(name)).content.decode())
        assert len(ids) == len(set(ids)), name
