"""Whoever pressed a button while signed out, or opened a button's address, is led back to the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern

from config.error_pages import page_above
from config.urls import urlpatterns
from tests import make
from tests.support.page_text import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.site import Site

pytestmark = pytest.mark.django_db

PAGE: Final = "/groups/?page=2"
VALUES: Final = {
    "slug": "some-key",
    "int": "7",
    "uuid": str(uuid4()),
    "path": "a/token",
    "str": "token",
}
BACK: Final = re.compile(r'button--primary" href="([^"]+)"')


def every_address() -> Iterator[str]:
    for pattern in _patterns(urlpatterns):
        route = re.sub(r"<(\w+):\w+>", lambda part: VALUES[part[1]], pattern)
        yield f"/{route}"


def _patterns(entries: list) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, URLPattern):
            yield str(entry.pattern)
        else:
            yield from _patterns(entry.url_patterns)


def pressed_on(page: str, address: str) -> str:
    """Post while signed out; return where the answer leads."""
    answer = Client().post(address, headers={"Referer": f"http://testserver{page}"})
    return unquote(answer.headers.get("Location", ""))


def test_every_button_pressed_while_signed_out_leads_back_to_its_page() -> None:
    led = {address: pressed_on(PAGE, address) for address in every_address()}
    to_sign_in = {address: to for address, to in led.items() if to.startswith("/sign-in/?")}
    assert len(to_sign_in) > 60
    assert set(to_sign_in.values()) == {f"/sign-in/?next={PAGE}"}


def test_after_signing_in_the_page_opens_and_says_what_did_not_happen(site: Site) -> None:
    browser = Client()
    browser.post("/s/some-key/seat/", headers={"Referer": "http://testserver/mine/"})
    assert "nothing was changed" in words(browser.get("/sign-in/?next=/mine/"))
    given = {"username": "bo", "password": make.PASSWORD, "next": "/mine/"}
    assert browser.post("/sign-in/", given, follow=True).status_code == 200


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/mine/", "//elsewhere.example"])
def test_without_a_page_of_ours_the_sign_in_leads_to_my_sessions(referer: str) -> None:
    answer = Client().post("/s/some-key/seat/", headers={"Referer": referer})
    assert answer.headers["Location"] == "/sign-in/"


def test_every_address_of_a_button_opened_as_a_page_links_to_a_page(site: Site) -> None:
    browser = site.browser(site.amina)
    refused = [address for address in every_address() if browser.get(address).status_code == 405]
    assert len(refused) > 40
    for address in refused:
        page = browser.get(address).content.decode()
        back = BACK.search(page)
        assert back, address
        assert address.startswith(back[1])
        assert browser.get(back[1]).status_code != 405, address


def test_a_page_that_was_posted_to_leads_to_itself(site: Site) -> None:
    answer = site.browser(site.bo).post("/operator/")
    assert answer.status_code == 405
    assert 'href="/operator/"' in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "above"),
    [("/s/some-key/seat/", "/s/some-key/"), ("/account/close/", "/account/"), ("/language/", "/")],
)
def test_the_page_above_an_address_has_its_button(path: str, above: str) -> None:
    assert page_above(path) == above
