from __future__ import annotations

import pytest

from tests.support.accessibility import violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.browser.style_guide"),
]

SMALLEST_TARGET_PX = 44

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL_TARGETS = """
() => [...document.querySelectorAll(".button, .chip, .tabs a, .safety-link, .back, .subnav a, .menu__list a, input, select, textarea")]
  .filter((it) => it.checkVisibility() && !it.matches("[type=checkbox], [type=radio]"))
  .filter((it) => it.getBoundingClientRect().height < %d)
  .map((it) => it.outerHTML)
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "address", ["/style-guide/", "/style-guide/?errors", "/help/", "/nowhere/"]
)
def test_every_component_passes_axe(live_server, chromium, scheme, address):
    page = chromium.new_page(color_scheme=scheme, viewport={"width": 1280, "height": 900})

    page.goto(live_server.url + address)
    page.evaluate("scrollTo(0, 0)")  # what lies under the bar is not small

    assert violations(page) == []


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280, 1440])
def test_nothing_is_cut_off_at_any_width(live_server, chromium, width, direction):
    page = chromium.new_page(viewport={"width": width, "height": 800})

    page.goto(f"{live_server.url}/style-guide/?errors")
    page.evaluate(f"document.documentElement.dir = '{direction}'")

    assert page.evaluate(TOO_WIDE) <= 0


def test_a_thumb_hits_every_control(live_server, chromium):
    page = chromium.new_page(viewport={"width": 360, "height": 800})

    page.goto(f"{live_server.url}/style-guide/")

    assert page.evaluate(SMALL_TARGETS % SMALLEST_TARGET_PX) == []


def test_a_page_asks_nobody_else_and_breaks_no_policy(live_server, chromium):
    page = chromium.new_page()
    strangers, complaints = [], []
    page.on("request", lambda it: strangers.append(it.url))
    page.on("console", lambda it: complaints.append(it.text))
    page.on("pageerror", lambda it: complaints.append(str(it)))

    page.goto(f"{live_server.url}/style-guide/", wait_until="networkidle")

    assert [url for url in strangers if not url.startswith(live_server.url)] == []
    assert complaints == []
