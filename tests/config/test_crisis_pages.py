from __future__ import annotations

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
