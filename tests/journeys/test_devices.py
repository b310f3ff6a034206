"""Notices on a device: the page that asks, and the real worker that shows them, in a real browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.browsers import sign_in
from tests.support.polling import wait_until_true

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.support import server_process

pytestmark = pytest.mark.browser

SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, body, lang, tag, data }) => ({ title, body, lang, tag, data }))"""
ACTIVE = "async () => (await navigator.serviceWorker.ready).active.state === 'activated'"
# No push service answers on this machine, so the browser's own part is the one thing replaced.
SUBSCRIBES = """PushManager.prototype.subscribe = async (options) => ({
  toJSON: () => ({ endpoint: "https://fcm.googleapis.com/fcm/send/one", keys: {
    p256dh: "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
    auth: "tBHItJI5svbpez7KI4CCXg" } }) })"""


@pytest.fixture
def context(chromium: Browser, demo: server_process.Server) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    sign_in(page, demo.url, "bo")
    page.close()
    yield context
    context.close()


def opened(context: BrowserContext, demo: server_process.Server) -> Page:
    page = context.new_page()
    page.goto(f"{demo.url}/devices/")
    return page


def test_bo_lets_this_device_show_notices_and_takes_it_back(
    context: BrowserContext, demo: server_process.Server
) -> None:
    context.grant_permissions(["notifications"], origin=demo.url)
    context.add_init_script(SUBSCRIBES)
    page = opened(context, demo)
    page.get_by_label("What you call this device").fill("The old phone")
    page.get_by_role("button", name="Show notifications on this device").click()
    page.get_by_text("shows your notifications now.").wait_for()
    card = page.locator(".card", has_text="The old phone")
    card.get_by_text("Remove…").first.click()
    page.get_by_role("button", name="Remove the device").click()
    page.get_by_text("The device is removed.").wait_for()


def test_a_browser_that_was_told_no_is_not_asked_again(
    context: BrowserContext, demo: server_process.Server
) -> None:
    context.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })"
    )
    page = opened(context, demo)
    page.get_by_text("we will not ask again").wait_for()
    assert page.get_by_role("button", name="Show notifications on this device").count() == 0


def test_a_browser_that_cannot_is_told_kindly(
    context: BrowserContext, demo: server_process.Server
) -> None:
    context.add_init_script("delete window.PushManager")
    page = opened(context, demo)
    page.get_by_text("This browser cannot show notifications.").wait_for()


def test_the_worker_shows_what_was_pushed_and_opens_nothing_elsewhere(
    context: BrowserContext, demo: server_process.Server
) -> None:
    context.grant_permissions(["notifications"], origin=demo.url)
    page = opened(context, demo)
    words = {"title": "Notice", "body": "Reminder: Tuesday 18:00", "language": "en", "tag": "t1"}
    deliver(context, page, json.dumps(words | {"url": f"{demo.url}/mine/"}) + " " * 200)
    wait_until_true(page, f"async () => (await ({SHOWN})()).length === 1")
    (shown,) = page.evaluate(SHOWN)
    assert shown == {
        "title": "Notice",
        "body": "Reminder: Tuesday 18:00",
        "lang": "en",
        "tag": "t1",
        "data": {"url": f"{demo.url}/mine/"},
    }
    deliver(context, page, json.dumps(words | {"body": "A copy of it"}))
    wait_until_true(page, f"async () => (await ({SHOWN})())[0].body === 'A copy of it'")
    assert len(page.evaluate(SHOWN)) == 1, "a copy replaces the first"


def test_a_push_without_words_shows_a_word(
    context: BrowserContext, demo: server_process.Server
) -> None:
    context.grant_permissions(["notifications"], origin=demo.url)
    page = opened(context, demo)
    deliver(context, page, "not json")
    wait_until_true(page, f"async () => (await ({SHOWN})()).length === 1")
    assert page.evaluate(SHOWN)[0]["title"] == "Notification"


def deliver(context: BrowserContext, page: Page, data: str) -> None:
    """Let the browser hand a push to the real worker, as its push service would."""
    page.evaluate(
        "async () => { await navigator.serviceWorker.register('/service-worker.js', { scope: '/' });"
        " await navigator.serviceWorker.ready; }"
    )
    # ``ready`` comes while the worker still activates, and until it has, a push is dropped.
    wait_until_true(page, ACTIVE)
    session = context.new_cdp_session(page)
    seen: list[dict[str, Any]] = []

    def see(told: dict[str, Any]) -> None:  # Playwright marks what it calls: no list's own method
        seen.append(told)

    session.on("ServiceWorker.workerRegistrationUpdated", see)
    session.send("ServiceWorker.enable")
    while not any(told["registrations"] for told in seen):
        page.wait_for_timeout(20)
    registration = next(it for told in seen for it in told["registrations"])
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": registration["scopeURL"].rstrip("/"),
            "registrationId": registration["registrationId"],
            "data": data,
        },
    )
