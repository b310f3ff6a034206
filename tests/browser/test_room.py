"""People in real browsers, at a real server."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect, sync_playwright

from tests import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


class Hall:
    """A server with one session that has begun, and a browser for each person."""

    def __init__(self, browser: Browser, url: str, world: dict[str, Any]) -> None:
        self.browser, self.url, self.world = browser, url, world
        self.problems: list[str] = []

    def page(self, name: str, **context: Any) -> Page:
        """Open a person's own browser at the door."""
        own = self.browser.new_context(**context)
        cookie = {"name": self.world["cookie"], "url": self.url}
        own.add_cookies([cookie | {"value": self.world["people"][name]}])
        page = own.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self.problems.append(said.text))
        page.goto(f"{self.url}{self.world['door']}")
        return page

    def inside(self, name: str, **context: Any) -> Page:
        """Go through the door."""
        page = self.page(name, **context)
        page.get_by_role("link", name="Go in").click()
        expect(page.locator("[data-line]")).to_have_text("You are connected.")
        return page


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("this machine has no Chromium")
    env = serving.environment(tmp_path)
    with serving.serve(env) as server, sync_playwright() as playwright:
        made = serving.manage("shell", "-v", "0", "-c", "import tests.worlds", env=env)
        assert made.returncode == 0, made.stderr
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield Hall(browser, server.url, json.loads(made.stdout))
        browser.close()


def test_two_people_meet_talk_and_part(hall: Hall) -> None:
    amina, bo = hall.inside("amina"), hall.inside("bo")
    expect(bo.get_by_role("heading", name="The waiting room")).to_be_visible()
    expect(bo.get_by_role("heading", name="Conversation")).to_be_hidden()
    amina.get_by_role("button", name="Let in", exact=True).click()

    expect(bo.get_by_role("heading", name="Conversation")).to_be_visible()
    bo.get_by_label("Write").fill("Good evening <b>all</b>")
    bo.keyboard.press("Enter")
    expect(amina.get_by_role("log", name="Conversation")).to_contain_text("Good evening <b>all</b>")
    amina.get_by_label("Write").fill("Welcome, Bo")
    amina.get_by_role("button", name="Send").first.click()
    expect(bo.get_by_role("log", name="Conversation")).to_contain_text("Welcome, Bo")

    bo.get_by_role("button", name="Raise a hand").click()
    amina.get_by_label("Raised hands").get_by_role("button", name="Give the turn").click()
    expect(bo.get_by_role("button", name="Pass the turn on")).to_be_visible()

    more = amina.locator("[data-people] [data-who]", has_text="Bo").locator("details")
    more.locator("summary").click()
    more.get_by_label("Why remove").fill("sells")
    more.get_by_role("button", name="Remove", exact=True).click()
    expect(bo.get_by_role("alert")).to_contain_text("no longer in this session")
    amina.get_by_label("Write").fill("Only for those who stay")
    amina.keyboard.press("Enter")
    expect(amina.get_by_role("log", name="Conversation")).to_contain_text("Only for those who stay")
    assert "Only for those who stay" not in bo.content()
    assert hall.problems == []


def test_a_browser_that_lost_its_line_catches_up(hall: Hall) -> None:
    amina, edith = hall.inside("amina"), hall.inside("edith")
    edith.context.set_offline(True)
    edith.evaluate("() => dispatchEvent(new Event('offline'))")
    amina.get_by_label("Write").fill("while you were away")
    amina.keyboard.press("Enter")
    edith.context.set_offline(False)
    expect(edith.get_by_role("log", name="Conversation")).to_contain_text("while you were away")


def test_the_room_fits_a_small_phone_and_reads_from_right_to_left(hall: Hall) -> None:
    amina = hall.inside("amina", viewport={"width": 320, "height": 640})
    for direction in ("ltr", "rtl"):
        amina.evaluate("dir => document.documentElement.dir = dir", direction)
        width = amina.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, direction
