"""Evenings of real people in real browsers: Amina leads, Bo and Nour come, Chen gets nothing."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_style_guide import TOO_WIDE
from tests.journeys.browsers import (
    Hall,
    admit,
    admit_all,
    admitted,
    chat_of,
    control,
    open_panel,
    person_menu,
    say,
    stage_of,
    tab_to,
)
from tests.support.accessibility import violations

pytestmark = pytest.mark.browser

HEAVIEST_ROOM_BYTES = 200 * 1024  # not compressed; production sends a third of it
KNOCK = """
([address, ticket]) => new Promise((resolve) => {
  const heard = [];
  const line = new WebSocket(address);
  line.onopen = () => line.send(JSON.stringify({ type: "hello", ticket }));
  line.onmessage = ({ data }) => heard.push(JSON.parse(data).code);
  line.onclose = ({ code }) => resolve([code, heard]);
})
"""


def test_four_people_come_and_only_those_who_belong_meet(hall: Hall) -> None:
    amina, bo = hall.inside("amina"), hall.inside("bo")
    nour = hall.inside("nour", locale="ar", timezone_id="Africa/Cairo")
    nour.evaluate("document.documentElement.dir = 'rtl'")
    expect(bo.get_by_role("heading", name="You're in the waiting room")).to_be_visible()
    expect(bo.get_by_text("Amina can see that you are here.")).to_be_visible()
    expect(stage_of(bo)).to_be_hidden()
    admit_all(amina)
    for page in (bo, nour):
        expect(stage_of(page)).to_be_visible()

    say(bo, "Good evening <b>all</b>")
    say(nour, "مساء الخير")
    for page in (amina, bo, nour):
        expect(chat_of(page)).to_contain_text("Good evening <b>all</b>")
        expect(chat_of(page)).to_contain_text("مساء الخير")
    line = chat_of(amina).locator("[data-message-seq]", has_text="مساء الخير")
    expect(line.locator("[data-name]").first).to_have_text("نور")
    assert line.locator("[data-text]").evaluate("it => getComputedStyle(it).direction") == "rtl"
    hour = chat_of(nour).locator("time").first.inner_text()
    assert len(hour) == 5, "a 24-hour clock in Latin digits, as everywhere on the site"
    assert hour[2] == ":"
    assert nour.evaluate(TOO_WIDE) <= 0

    chen = hall.page("chen")
    answer = chen.goto(f"{hall.url}{hall.world['door']}room/")
    assert answer
    assert answer.status == 404
    address = f"{hall.url.replace('http', 'ws')}/ws/room/"
    assert chen.evaluate(KNOCK, [address, "x" * 43]) == [4401, ["bad_ticket"]]
    seen = chen.content()
    assert not [secret for secret in ("Good evening", "Amina", "نور") if secret in seen]


def test_a_line_is_changed_an_agenda_runs_and_a_removal_is_undone(hall: Hall) -> None:
    amina = hall.inside("amina")
    bo = admitted(hall, "bo", amina)
    say(bo, "I called my bother")
    own = chat_of(bo).locator("[data-message-seq]", has_text="bother")
    own.get_by_role("button", name="Edit my message").click()
    bo.get_by_label("New text of this message").fill("I called my brother")
    own.get_by_role("button", name="Save").click()
    expect(chat_of(amina)).to_contain_text("I called my brother")
    expect(chat_of(amina)).not_to_contain_text("bother")
    open_panel(amina, "Chat")
    expect(chat_of(amina).get_by_role("button", name="Edit my message")).to_have_count(0)

    open_panel(amina, "Host").locator("summary", has_text="Agenda").click()
    for title in ("Welcome", "Round"):
        amina.get_by_label("Step").fill(title)
        amina.get_by_role("button", name="Add the step").click()
        expect(bo.get_by_role("list", name="Agenda")).to_contain_text(title)
    amina.get_by_role("button", name="Start Round").click()
    now = bo.get_by_role("list", name="Agenda").locator("[aria-current=step]")
    expect(now).to_contain_text("Round")
    expect(bo.locator("[data-step-left]")).to_contain_text("9:")

    person_menu(amina, "Bo").get_by_role("button", name="Remove Bo").click()
    amina.get_by_label("Why", exact=True).fill("sells")
    amina.get_by_role("button", name="Remove", exact=True).click()
    asked = bo.get_by_role("heading", name="A facilitator asked you to leave this session.")
    expect(asked).to_be_focused()
    bo.reload()
    expect(asked).to_be_visible()
    say(amina, "Only for those who stay")
    expect(chat_of(amina)).to_contain_text("Only for those who stay")
    assert "Only for those who stay" not in bo.content()
    open_panel(amina, "Host").get_by_role("button", name="Let back Bo").click()
    expect(amina.get_by_role("button", name="Let back Bo")).to_have_count(0)
    bo.get_by_role("link", name="how to ask").click()
    expect(bo.get_by_role("heading", name="You were asked to leave")).to_be_visible()
    bo.goto(f"{hall.url}{hall.world['door']}room/")
    expect(bo.get_by_role("heading", name="You're in the waiting room")).to_be_visible()
    assert hall.problems == []


def test_the_keyboard_alone_takes_part(hall: Hall) -> None:
    amina, bo = hall.inside("amina"), hall.open_join_page("bo")
    expect(bo.locator("#waiting-title")).to_be_focused()
    admit(amina, "bo")
    expect(bo.locator("#stage-title")).to_be_focused()
    tab_to(bo, bo.get_by_label("Write to everyone"))
    bo.keyboard.type("From the keyboard")
    bo.keyboard.press("Enter")
    expect(chat_of(amina)).to_contain_text("From the keyboard")
    hand = control(bo, "Hand")
    tab_to(bo, hand)
    for pressed in ("true", "false", "true"):
        bo.keyboard.press("Enter")
        expect(hand).to_have_attribute("aria-pressed", pressed)
        expect(hand).to_be_focused()
    open_panel(amina, "Host").get_by_role("button", name="Invite to speak: Bo").click()
    tab_to(bo, bo.get_by_role("button", name="I'm done"))
    bo.keyboard.press("Enter")
    expect(bo.locator("[data-turn]")).to_be_hidden()
    expect(bo.locator("#stage-title")).to_be_focused()
    tab_to(bo, bo.get_by_role("button", name="Help", exact=True))
    bo.keyboard.press("Enter")
    tab_to(bo, bo.get_by_role("button", name="Tell the facilitator I need help"))
    bo.keyboard.press("Enter")
    expect(amina.get_by_role("alertdialog", name="Bo needs help now")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_room_passes_axe_and_fits_a_small_phone(hall: Hall, scheme: Any) -> None:
    amina = hall.inside("amina", color_scheme=scheme)
    bo = admitted(hall, "bo", amina, color_scheme=scheme)
    say(bo, "Good evening")
    control(bo, "Hand").click()
    open_panel(amina, "Host")
    expect(amina.get_by_label("Raised hands").get_by_role("button").first).to_be_visible()
    for details in amina.locator("main details").all():
        details.evaluate("it => { it.open = true }")
    assert violations(amina) == []
    assert violations(bo) == []
    amina.set_viewport_size({"width": 320, "height": 640})
    for direction in ("ltr", "rtl"):
        amina.evaluate("dir => document.documentElement.dir = dir", direction)
        assert amina.evaluate(TOO_WIDE) <= 0, direction


def test_a_slow_telephone_takes_part_in_text_with_little_weight(hall: Hall) -> None:
    amina = hall.inside("amina")
    hall.relay.delay, hall.relay.bytes_per_second = 0.3, 31_000  # a telephone of the year 2000
    bo = hall.page("bo")
    weights: list[int] = []
    bo.on("requestfinished", lambda it: weights.append(len(it.response().body())))
    bo.goto(f"{hall.url}{hall.world['door']}room/")
    expect(bo.locator("[data-connection]")).to_have_text("You are connected.", timeout=30_000)
    admit(amina, "bo")
    expect(stage_of(bo)).to_be_visible()
    say(bo, "slowly but surely")
    expect(chat_of(amina)).to_contain_text("slowly but surely")
    say(amina, "We hear you")
    expect(chat_of(bo)).to_contain_text("We hear you")
    assert 0 < sum(weights) <= HEAVIEST_ROOM_BYTES


def test_a_broken_line_is_told_and_heals(hall: Hall) -> None:
    amina = hall.inside("amina")
    bo = admitted(hall, "bo", amina)
    hall.relay.cut()
    expect(bo.locator("[data-connection]")).to_have_text("No connection. Trying again …")
    bo.get_by_label("Write to everyone").fill("said into the dark")
    bo.keyboard.press("Enter")
    expect(chat_of(bo)).not_to_contain_text("said into the dark")
    hall.relay.mend()
    for page in (amina, bo):
        expect(page.locator("[data-connection]")).to_have_text("You are connected.", timeout=20_000)
        expect(chat_of(page)).to_contain_text("said into the dark")
        expect(chat_of(page).locator("[data-message-seq]")).to_have_count(1)


def test_silence_is_noticed_within_25_seconds_and_heals(hall: Hall) -> None:
    amina = hall.inside("amina")
    bo = admitted(hall, "bo", amina)
    hall.relay.is_silent = True
    lost = time.monotonic()
    expect(bo.locator("[data-connection]")).to_have_text(
        "No connection. Trying again …", timeout=30_000
    )
    assert time.monotonic() - lost <= 25
    say(bo, "said into the silence")
    hall.relay.mend()
    back = time.monotonic()
    bo.evaluate("dispatchEvent(new Event('online'))")
    expect(bo.locator("[data-connection]")).to_have_text("You are connected.", timeout=20_000)
    assert (
        time.monotonic() - back <= 10
    )  # a ticket that was asked for in the dark is given up by then
    expect(chat_of(bo).get_by_text("said into the silence")).to_have_count(1)
    expect(chat_of(amina).get_by_text("said into the silence")).to_have_count(1, timeout=30_000)
