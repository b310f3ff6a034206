from __future__ import annotations

import re

import pytest
from django.test import Client


def test_the_page_of_need_asks_no_database_and_no_sign_in() -> None:
    # No database mark: a query would fail this test, and so would a look at the session.
    browser = Client()
    browser.cookies["session"] = "a session that would have to be looked up"
    answer = browser.get("/help/")
    assert answer.status_code == 200
    assert "112" in answer.content.decode()


def test_the_way_out_asks_no_database_and_no_sign_in() -> None:
    browser = Client()
    browser.cookies["session"] = "a session that would have to be looked up"
    answer = browser.get("/leave/")
    assert answer.status_code == 200
    assert "Commonhour" not in answer.content.decode()


def test_the_way_out_leads_where_the_operator_chose(settings) -> None:
    settings.LEAVE_URL = "https://weather.example.org/"
    answer = Client().get("/leave/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://weather.example.org/"


def test_the_page_of_need_speaks_no_word_to_frames_or_scripts_from_elsewhere() -> None:
    policy = Client().get("/help/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("zone", "first"),
    [("Europe/Berlin", "112"), ("America/Toronto", "911"), ("", "112"), ("x" * 4000, "112")],
)
def test_both_numbers_can_be_tapped_and_the_nearer_one_stands_first(zone: str, first: str) -> None:
    browser = Client()
    browser.cookies["tz"] = zone
    page = browser.get("/help/").content.decode()
    assert set(re.findall(r'href="tel:(\d+)"', page)) == {"112", "911"}
    assert re.search(rf'button--alarm[^>]*href="tel:{first}"', page)


def test_the_page_of_need_does_not_link_to_itself() -> None:
    assert 'href="/help/"' not in Client().get("/help/").content.decode()


def test_the_way_out_is_in_no_language() -> None:
    page = Client().get("/leave/", headers={"Accept-Language": "ar"}).content.decode()
    assert '<html lang="zxx">' in page
    assert not re.search(r"[A-Za-z]", re.sub(r"<[^>]+>", "", page))
