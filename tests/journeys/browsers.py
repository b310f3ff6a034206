"""People in real browsers, before the door of one session at a real server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from demo.people import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

    from tests.support.tcp_proxy import Relay

TABS_AT_MOST = 120


class Hall:
    """A server with one session that has begun, and a browser for each person."""

    def __init__(self, browser: Browser, relay: Relay, world: dict[str, Any]) -> None:
        self.browser, self.relay, self.world = browser, relay, world
        self.url = f"http://127.0.0.1:{relay.port}"
        self.problems: list[str] = []
        self.weights: dict[str, int] = {}

    @contextmanager
    def own_hour(self) -> Iterator[None]:
        """Give a test a session and a whole line at a server that it shares; close its pages after it."""
        self.world["door"] = self.world["other_doors"].pop()
        self.problems.clear()
        try:
            yield
        finally:
            self.relay.mend()
            self.relay.delay, self.relay.bytes_per_second = 0.0, None
            for context in self.browser.contexts:
                context.close()

    def page(self, name: str, **context: Any) -> Page:
        """Open a person's own browser."""
        own = self.browser.new_context(**context)
        cookie = {"name": self.world["cookie"], "url": self.url}
        own.add_cookies([cookie | {"value": self.world["people"][name]}])
        page = own.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self.problems.append(said.text))
        return page

    def open_join_page(self, name: str, **context: Any) -> Page:
        """Open a person's own browser at the session's address, which leads members into the room."""
        page = self.page(name, **context)
        page.goto(f"{self.url}{self.world['door']}")
        return page

    def inside(self, name: str, **context: Any) -> Page:
        """Join the session, and wait for the connection."""
        page = self.open_join_page(name, **context)
        expect(page.locator("[data-connection]")).to_have_text("You are connected.", timeout=30_000)
        return page


def sign_in(page: Page, url: str, username: str) -> None:
    """Sign in to the demo served at a URL."""
    page.goto(f"{url}/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/mine/")


def admitted(hall: Hall, name: str, by: Page, **context: Any) -> Page:
    """Let a person in."""
    page = hall.inside(name, **context)
    admit(by, name)
    expect(stage_of(page)).to_be_visible()
    return page


def admit(by: Page, name: str) -> None:
    """Admit a person who waits, from the facilitators' panel."""
    panel = open_panel(by, "Host")
    panel.get_by_role("button", name=f"Admit {name.capitalize()}").click()


def admit_all(by: Page) -> None:
    """Admit everyone who waits."""
    open_panel(by, "Host").get_by_role("button", name="Admit all").click()


def open_panel(page: Page, name: str) -> Locator:
    """Open a side panel, unless it is open; return it."""
    panel = page.get_by_role("region", name=name, exact=True)
    expect(page.get_by_role("navigation", name="Controls")).to_be_visible()
    if not panel.is_visible():
        opener = page.get_by_role("navigation", name="Controls").get_by_role("button", name=name)
        if not opener.count():  # people are beside the chat
            opener = open_panel(page, "Chat").get_by_role("button", name=name)
        opener.click()
    return panel


def stage_of(page: Page) -> Locator:
    """Return the people on the stage."""
    return page.get_by_role("list", name="People in the room")


def tile_of(page: Page, who: str) -> Locator:
    """Return the tile of a person, by the id of the membership."""
    return page.locator(f'[data-tiles] [data-who="{who}"]')


def control(page: Page, name: str) -> Locator:
    """Return a control of the bar at the bottom."""
    return page.get_by_role("navigation", name="Controls").get_by_role("button", name=name)


def person_menu(page: Page, name: str) -> Locator:
    """Open the menu of a person in the list of people; return it."""
    person = open_panel(page, "People").locator("[data-who]", has_text=name)
    person.locator("summary").click()
    return person


def chat_of(page: Page) -> Locator:
    """Return the messages, which may be behind another panel."""
    return page.locator("[data-log]")


def say(page: Page, text: str) -> None:
    field = open_panel(page, "Chat").get_by_label("Write to everyone")
    field.fill(text)
    field.press("Enter")


def tab_to(page: Page, target: Locator) -> None:
    """Walk there with the Tab key alone."""
    for _ in range(TABS_AT_MOST):
        if target.count() and target.first.evaluate("it => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {target}")
