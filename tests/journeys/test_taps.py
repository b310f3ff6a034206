"""How many taps and fields lie before what people come for, on a phone of 360 × 740."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import admit, chat_of, open_panel, say, stage_of

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.journeys.browsers import Hall

pytestmark = pytest.mark.browser

PHONE: Final = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "locale": "en-GB",
}
FIELDS: Final = "main form[method=post] :is(input:not([type=hidden]), select, textarea)"


class Thumb:
    """Taps what is in the first screen, and counts."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, page: Page, target: Locator) -> None:
        """Tap something that is in sight without scrolling."""
        expect(target).to_be_in_viewport()
        assert page.evaluate("scrollY") == 0
        target.tap()
        self.taps += 1


def visitor(hall: Hall) -> Page:
    """Open the browser of somebody who was never here."""
    page = hall.browser.new_context(**PHONE).new_page()
    page.goto(f"{hall.url}/")
    page.wait_for_load_state("networkidle")
    return page


def test_a_newcomer_is_in_a_live_room_after_three_taps_and_two_fields(hall: Hall) -> None:
    page, thumb = visitor(hall), Thumb()

    thumb.tap(page, page.locator(".hero").get_by_role("link", name="Join now"))
    page.wait_for_url("**/s/*/")
    assert page.locator(FIELDS).count() <= 2
    alias = page.get_by_label("What should we call you here?").input_value()
    assert alias
    thumb.tap(page, page.get_by_label("I keep what I hear to myself, and who was here."))
    thumb.tap(page, page.get_by_role("button", name="Join now"))

    page.wait_for_url("**/room/")
    expect(page.get_by_role("heading", name="You're in the waiting room")).to_be_visible()
    assert thumb.taps <= 3
    amina = hall.page("amina")
    amina.goto(page.url)
    admit(amina, alias)
    expect(stage_of(page)).to_be_visible()
    open_panel(page, "Chat")
    say(page, "I am here for the first time.")
    expect(chat_of(page)).to_contain_text("I am here for the first time.")


def test_the_next_meeting_in_the_readers_language_takes_no_tap(hall: Hall) -> None:
    page = visitor(hall)

    expect(page.locator(".hero")).to_be_in_viewport()
    expect(page.locator(".hero")).to_contain_text("English")
    expect(page.get_by_role("navigation", name="Narrow the list")).to_contain_text("English")
