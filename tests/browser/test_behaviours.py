from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.browser.style_guide"),
]


@pytest.fixture
def page(live_server, chromium):
    context = chromium.new_context(
        base_url=live_server.url, timezone_id="Asia/Kathmandu", locale="en-GB"
    )
    return context.new_page()


def test_a_page_is_shown_in_the_browsers_zone_without_being_asked(page):
    page.goto("/")

    expect(page.get_by_text("Times are shown for Kathmandu (UTC+05:45).")).to_be_visible()


def test_what_somebody_writes_is_not_lost_to_a_page_that_is_shown_again(page):
    page.goto("/sign-up/")
    page.get_by_label("User name").fill("heron")

    expect(page.get_by_label("Your time zone")).to_have_value("Asia/Kathmandu")
    expect(page.get_by_label("User name")).to_have_value("heron")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].type") == "navigate"


def test_a_zone_chosen_by_hand_stays(page, live_server):
    page.context.add_cookies([{"name": "tz", "value": "Africa/Cairo", "url": live_server.url}])

    page.goto("/style-guide/")
    page.wait_for_load_state("networkidle")

    expect(page.get_by_text("Times are shown for Cairo")).to_be_visible()
    assert [it["value"] for it in page.context.cookies() if it["name"] == "tz"] == ["Africa/Cairo"]


def test_a_browser_that_keeps_no_cookie_is_not_sent_in_circles(live_server, chromium):
    context = chromium.new_context(base_url=live_server.url, timezone_id="Asia/Kathmandu")
    context.add_init_script(
        "Object.defineProperty(document, 'cookie', {get: () => '', set: () => {}})"
    )
    page = context.new_page()
    visits = []
    page.on("request", lambda it: visits.append(it.url) if it.is_navigation_request() else None)

    page.goto("/style-guide/", wait_until="networkidle")

    assert len(visits) == 1


def test_shift_three_times_leaves_and_going_back_does_not_return(page):
    page.goto("about:blank")
    page.goto("/style-guide/", wait_until="networkidle")

    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("**/leave/")
    page.go_back()

    assert page.url == "about:blank"


def test_capital_letters_do_not_leave(page):
    page.goto("/style-guide/", wait_until="networkidle")

    for letter in "ABCD":
        page.keyboard.down("Shift")
        page.keyboard.press(letter)
        page.keyboard.up("Shift")

    assert page.url.endswith("/style-guide/")


def test_leaving_works_without_javascript(live_server, chromium):
    page = chromium.new_context(base_url=live_server.url, java_script_enabled=False).new_page()

    page.goto("/style-guide/")
    page.get_by_role("link", name="Quick exit").click()

    assert page.url == f"{live_server.url}/leave/"


def test_a_question_is_a_dialog_that_gives_the_focus_back(page):
    page.goto("/style-guide/", wait_until="networkidle")
    asking = page.locator("summary", has_text="Leave this group")

    asking.click()
    dialog = page.get_by_role("dialog", name="Leave Evenings by the harbour?")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(asking).to_be_focused()


def test_a_question_can_be_answered_without_javascript(live_server, chromium):
    page = chromium.new_context(base_url=live_server.url, java_script_enabled=False).new_page()

    page.goto("/style-guide/")
    page.locator("summary", has_text="Leave this group").click()

    expect(page.get_by_role("button", name="Leave the group")).to_be_visible()
    expect(page.get_by_role("button", name="Not now")).to_be_hidden()


def test_a_secret_is_copied_whole(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/style-guide/", wait_until="networkidle")

    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_text("Copied")).to_be_visible()
    shown = page.get_by_role("textbox", name="Your calendar link").input_value()
    assert page.evaluate("navigator.clipboard.readText()") == shown


def test_how_soon_is_said_beside_the_time(page):
    page.goto("/style-guide/", wait_until="networkidle")

    expect(page.get_by_text("in 2 hours", exact=True).first).to_be_visible()


@pytest.mark.parametrize("held", ["Alt", "Control", "Meta"])
def test_shift_with_another_modifier_is_not_quick_exit(page, held):
    page.goto("/style-guide/", wait_until="networkidle")

    page.keyboard.down(held)
    for _ in range(3):
        page.keyboard.press("Shift")
    page.keyboard.up(held)

    expect(page.get_by_role("heading", level=1).first).to_be_visible()


def test_shift_and_click_three_times_is_not_quick_exit(page):
    page.goto("/style-guide/", wait_until="networkidle")

    for _ in range(3):
        page.get_by_role("heading", level=1).first.click(modifiers=["Shift"])

    expect(page.get_by_role("heading", level=1).first).to_be_visible()
