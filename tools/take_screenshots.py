"""``make screenshots``: the pages of a running demonstration as pictures, to be looked at.

Each page is taken at the size of a phone and of a desktop, in light and dark, and with its text
from right to left. The pictures lie in ``var/screenshots``, which git ignores.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT: Final = Path(__file__).resolve().parent.parent
PASSWORD: Final = "one hour we all share"  # noqa: S105 of the demonstration, printed at its start
SIZES: Final = {"360": (360, 740), "1280": (1280, 800)}
MODES: Final = ("light", "dark", "rtl")


class Shot(NamedTuple):
    """A page to be taken: its name, who looks at it, and its address."""

    name: str
    person: str | None
    path: str


SHOTS: Final = (
    Shot("meetings", None, "/"),
    Shot("group", None, "{group}"),
    Shot("join-session", None, "{live_session}"),
    Shot("join-group", None, "{group}join/"),
    Shot("agreement", None, "/agreement/"),
    Shot("sign-in", None, "/sign-in/"),
    Shot("sign-up", None, "/sign-up/"),
    Shot("help", None, "/help/"),
    Shot("not-found", None, "/nothing/"),
    Shot("button-address", None, "/language/"),
    Shot("meetings-member", "bo", "/"),
    Shot("group-member", "bo", "{group}"),
    Shot("my-sessions", "bo", "/mine/"),
    Shot("past-sessions", "bo", "/mine/attended/"),
    Shot("groups", "bo", "/groups/"),
    Shot("request-group", "bo", "/groups/request/"),
    Shot("inbox", "bo", "/inbox/"),
    Shot("settings", "bo", "/account/"),
    Shot("account", "bo", "/account/details/"),
    Shot("notifications", "bo", "/notifications/"),
    Shot("notification-topic", "bo", "/notifications/about/reminders/"),
    Shot("quiet-hours", "bo", "/notifications/quiet-hours/"),
    Shot("message-wording", "bo", "/notifications/wording/"),
    Shot("email", "bo", "/notifications/email/"),
    Shot("privacy", "bo", "/account/privacy/"),
    Shot("devices", "bo", "/devices/"),
    Shot("calendar", "bo", "/mine/calendar/"),
    Shot("availability", "bo", "/mine/week/"),
    Shot("time-zone", "bo", "/zone/"),
    Shot("facilitating", "amina", "/facilitating/"),
    Shot("manage-group", "amina", "{group}manage/"),
    Shot("best-time", "amina", "{group}manage/best-time/"),
    Shot("add-series", "amina", "{group}manage/series/"),
    Shot("invite", "amina", "{group}manage/invite/"),
    Shot("hand-over", "amina", "{group}manage/hand-over/"),
    Shot("add-session", "amina", "{group}manage/add/"),
    Shot("history", "amina", "{group}manage/history/"),
    Shot("move-session", "amina", "{session}move/"),
    Shot("cancel-session", "amina", "{session}cancel/"),
    Shot("change-following", "amina", "{session}following/"),
    Shot("manage-session", "amina", "{session}manage/"),
    Shot("covering", "amina", "/cover/"),
    Shot("reports", "amina", "/reports/"),
    Shot("import-calendar", "amina", "{group}manage/calendar/"),
    Shot("start-group", "amina", "/groups/new/"),
    Shot("record", "amina", "{group}manage/record/"),
    Shot("organisations", "daria", "/organisations/"),
    Shot("roster", "daria", "{organisation}roster/"),
    Shot("new-groups", "daria", "{organisation}new-groups/"),
    Shot("message-delivery", "daria", "/operator/"),
)


def main() -> None:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(description="Take pictures of the pages of a demonstration.")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where it listens")
    parser.add_argument("--only", nargs="*", help="names of pages; without it, all")
    parser.add_argument("--modes", nargs="*", choices=MODES, default=list(MODES))
    parser.add_argument("--full", action="store_true", help="the whole page, not its first screen")
    parser.add_argument("--into", type=Path, default=ROOT / "var" / "screenshots")
    asked = parser.parse_args()
    asked.into.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for person in dict.fromkeys(shot.person for shot in SHOTS):
            shots = [
                s for s in SHOTS if s.person == person and (s.name in (asked.only or [s.name]))
            ]
            if shots:
                _take(browser, person, shots, asked)
        browser.close()


def _take(
    browser: Browser, person: str | None, shots: list[Shot], asked: argparse.Namespace
) -> None:
    """Take all pictures that one person sees."""
    for size, (width, height) in SIZES.items():
        context = browser.new_context(
            base_url=asked.url,
            viewport={"width": width, "height": height},
            has_touch=size == "360",
            is_mobile=size == "360",
            timezone_id="Europe/Berlin",
        )
        page = context.new_page()
        if person:
            _sign_in(page, person)
        places = _places(context)
        for shot in shots:
            page.emulate_media(color_scheme="light")
            page.goto(shot.path.format(**places))
            page.wait_for_load_state("networkidle")
            for mode in asked.modes:
                page.emulate_media(color_scheme="dark" if mode == "dark" else "light")
                page.evaluate(
                    f"document.documentElement.dir = '{'rtl' if mode == 'rtl' else 'ltr'}'"
                )
                page.wait_for_timeout(200)
                file = asked.into / f"{shot.name}--{size}-{mode}.png"
                page.screenshot(path=file, full_page=asked.full)
        context.close()


def _sign_in(page: Page, person: str) -> None:
    page.goto("/sign-in/")
    page.locator("input[name=username]").fill(person)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button:not([type=button])").first.click()
    page.wait_for_load_state()


def _places(context: BrowserContext) -> dict[str, str]:
    """Return the addresses of the group, its next session and the organisation that are shown."""
    page = context.new_page()
    page.goto("/")
    group = page.locator("a", has_text="First Light").first.get_attribute("href") or "/"
    page.wait_for_load_state("networkidle")
    live = page.locator("a.button--live")
    live_session = (live.first.get_attribute("href") or "/") if live.count() else group
    page.goto(f"{group}manage/")
    sessions = page.locator("a[href$='/following/']")
    session = (sessions.first.get_attribute("href") or "/") if sessions.count() else "/"
    page.goto("/organisations/")
    links = page.locator("a[href$='/roster/']")
    organisation = (links.first.get_attribute("href") or "/") if links.count() else "/"
    page.close()
    return {
        "group": group,
        "live_session": live_session,
        "session": session.removesuffix("following/"),
        "organisation": organisation.removesuffix("roster/"),
    }


if __name__ == "__main__":
    main()
