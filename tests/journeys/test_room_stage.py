"""The room as a stage: nothing urgent is out of sight, and nothing that is over looks alive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import (
    Hall,
    admit_all,
    admitted,
    chat_of,
    control,
    open_panel,
    person_menu,
    say,
    stage_of,
    tile_of,
)

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

PHONE: Final = {"width": 360, "height": 740}
OVERFLOW: Final = """
() => { const it = document.documentElement; return [it.scrollWidth - innerWidth, it.scrollHeight - innerHeight] }
"""
IN_SIGHT: Final = """
(it) => {
  const { left, top, width, height } = it.getBoundingClientRect();
  const hit = document.elementFromPoint(left + width / 2, top + height / 2);
  return height > 0 && (it.contains(hit) || hit?.contains(it) === true);
}
"""
COUNT_TONES: Final = """
() => {
  window.tones = 0;
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...all) { tones += 1; return start.apply(this, all); };
}
"""
REGIONS: Final = """
() => {
  window.heard = [];
  for (const it of document.querySelectorAll("[role=status], [role=alert]"))
    new MutationObserver(() => heard.push(it.textContent)).observe(it, { childList: true, characterData: true, subtree: true });
}
"""


def announced(page: Page, text: str) -> None:
    """Wait until a screen reader was told so."""
    page.wait_for_function("text => heard.some((it) => it.includes(text))", arg=text)


def named(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def test_on_a_phone_the_room_fits_the_screen_and_the_host_admits_without_scrolling(
    hall: Hall,
) -> None:
    amina = hall.inside("amina", viewport=PHONE)
    assert amina.evaluate(OVERFLOW) == [0, 0]
    bo, nour = hall.inside("bo", viewport=PHONE), hall.inside("nour", viewport=PHONE)
    expect(control(amina, "Host")).to_contain_text("2")
    assert amina.title().startswith("(2) ")
    toast = named(amina, "Admit Bo")
    expect(toast).to_be_visible()
    assert toast.evaluate(IN_SIGHT)
    control(amina, "Host").click()
    button = amina.locator("#host").get_by_role("button", name="Admit نور")
    assert button.evaluate(IN_SIGHT)
    admit_all(amina)
    for page in (amina, bo, nour):
        expect(stage_of(page).get_by_role("listitem")).to_have_count(3)
        assert page.evaluate(OVERFLOW) == [0, 0]
    assert not amina.title().startswith("(")
    for name in ("Mic", "Hand", "Chat", "More", "Leave"):
        if name != "Mic":  # this server carries no audio
            assert control(bo, name).evaluate(IN_SIGHT), name
    assert hall.problems == []


def test_a_call_for_help_stays_in_sight_until_a_facilitator_has_seen_it(hall: Hall) -> None:
    amina = hall.inside("amina", viewport=PHONE)
    bo = admitted(hall, "bo", amina, viewport=PHONE)
    amina.evaluate(COUNT_TONES)
    open_panel(amina, "Host").locator("summary", has_text="Captions").click()
    amina.get_by_label("Write along what is being said").focus()
    named(bo, "Help").click()
    named(bo, "Tell the facilitator I need help").click()
    expect(bo.get_by_text("The facilitators have been told.")).to_be_visible()

    alarm = amina.get_by_role("alertdialog", name="Bo needs help now")
    expect(named(amina, "Talk in private")).to_be_focused()
    assert alarm.evaluate(IN_SIGHT)
    assert amina.title().startswith("(!) ")
    assert amina.evaluate("window.tones") > 0, "it sounds"
    amina.reload()
    expect(alarm).to_be_visible()
    named(amina, "Talk in private").click()
    expect(alarm).to_be_hidden()
    assert not amina.title().startswith("(!)")
    expect(bo.get_by_text("Amina has seen it")).to_be_visible()

    amina.get_by_role("textbox", name="Write in private").fill("I am here. What do you need?")
    amina.keyboard.press("Enter")
    bo.get_by_role("button", name="Open", exact=True).click()
    talk = bo.get_by_role("dialog", name="You and the facilitators")
    expect(talk).to_contain_text("I am here. What do you need?")
    talk.get_by_role("textbox", name="Write in private").fill("just to say it")
    bo.keyboard.press("Enter")
    expect(amina.get_by_role("dialog", name="Private talk with Bo")).to_contain_text("just to say")
    assert hall.problems == []


def test_the_end_asks_first_stops_everything_and_can_be_taken_back(hall: Hall) -> None:
    amina = hall.inside("amina")
    bo = admitted(hall, "bo", amina)
    control(bo, "Hand").click()
    open_panel(amina, "Host").get_by_role("button", name="Invite to speak: Bo").click()
    expect(bo.locator("[data-speaker]")).to_have_text("It's your turn")
    expect(amina.locator("[data-speaker]")).to_have_text("Bo is speaking")

    named(amina, "End session for everyone…").click()
    question = amina.get_by_role("dialog", name="End the session for everyone?")
    expect(question).to_contain_text("In the room now: 2.")
    expect(named(amina, "Keep going")).to_be_focused()
    amina.keyboard.press("Enter")
    expect(question).to_be_hidden()
    expect(stage_of(bo)).to_be_visible()

    named(amina, "End session for everyone…").click()
    question.get_by_role("button", name="End session for everyone", exact=True).click()
    thanks = bo.get_by_role("heading", name="Thank you for coming, Bo.")
    expect(thanks).to_be_focused()
    for part in (stage_of(bo), chat_of(bo), bo.get_by_label("Write to everyone")):
        expect(part).to_be_hidden()
    expect(bo.get_by_role("navigation", name="Controls")).to_be_hidden()
    expect(named(bo, "Reopen the room")).to_have_count(0)

    named(amina, "Reopen the room").click()
    for page in (amina, bo):
        expect(stage_of(page).get_by_role("listitem")).to_have_count(2)
    expect(bo.locator("[data-turn]")).to_be_hidden()
    say(bo, "we go on")
    expect(chat_of(amina)).to_contain_text("we go on")
    assert hall.problems == []


def test_what_facilitators_change_is_announced_and_the_focus_is_never_lost(hall: Hall) -> None:
    amina = hall.inside("amina")
    bo = admitted(hall, "bo", amina)
    bo.evaluate(REGIONS)
    host = open_panel(amina, "Host")
    for switch, sentences in {
        "Lock": ("The room is locked: nobody new can come in.", "The room is no longer locked."),
        "Pause": ("A facilitator has paused the room.", "The session is on."),
    }.items():
        button = host.get_by_role("button", name=switch, exact=True)
        for sentence, pressed in zip(sentences, ("true", "false"), strict=True):
            button.press("Enter")
            expect(button).to_have_attribute("aria-pressed", pressed)
            expect(button).to_be_focused()
            announced(bo, sentence)
    host.locator("summary", has_text="Agenda").click()
    host.get_by_label("Step").fill("Welcome")
    host.get_by_role("button", name="Add the step").click()
    host.get_by_role("button", name="Start Welcome").press("Enter")
    announced(bo, "Now on the agenda: Welcome.")
    amina.evaluate(REGIONS)
    control(bo, "Hand").press("Enter")
    announced(amina, "Bo raised a hand.")
    expect(control(bo, "Hand")).to_be_focused()
    named(amina, "Invite to speak: Bo").press("Enter")
    expect(amina.locator("#hands-title")).to_be_focused()
    assert hall.problems == []


def test_repeated_buttons_say_whom_they_are_about(hall: Hall) -> None:
    amina = hall.inside("amina")
    bo = admitted(hall, "bo", amina)
    for text in ("one", "two"):
        say(bo, text)
    menu = person_menu(amina, "Bo")
    for name in ("Invite to speak: Bo", "Report Bo", "Remove Bo", "Talk in private with Bo"):
        expect(menu.get_by_role("button", name=name)).to_be_visible()
    messages = open_panel(amina, "Chat").get_by_role("listitem")
    expect(messages.filter(has_text="one").get_by_role("button")).to_have_accessible_name(
        "Remove message of Bo"
    )
    for page in (amina, bo):
        unnamed = page.evaluate(
            "() => [...document.querySelectorAll('[data-named]')].filter((it) => it.getClientRects().length && !it.ariaLabel).length"
        )
        assert unnamed == 0
    expect(tile_of(amina, str(hall.world["who"]["bo"]))).to_contain_text("microphone off")


def test_a_report_is_a_dialog_that_names_the_person(hall: Hall) -> None:
    amina = hall.inside("amina")
    bo = admitted(hall, "bo", amina)
    person_menu(bo, "Amina").get_by_role("button", name="Report Amina").click()
    question = bo.get_by_role("dialog", name="Report somebody")
    expect(question.get_by_label("Who").locator("option:checked")).to_have_text("Amina")
    question.get_by_label("What happened").fill("was unkind")
    question.get_by_role("button", name="Report", exact=True).click()
    expect(question).to_be_hidden()
    assert "was unkind" not in amina.content()


def test_refusals_are_shown_beside_the_controls_and_are_true(hall: Hall) -> None:
    amina = hall.inside("amina", viewport=PHONE)
    bo = admitted(hall, "bo", amina, viewport=PHONE)
    host = open_panel(amina, "Host")
    host.locator("summary", has_text="Turns and rounds").click()
    host.get_by_label("Only the person who was invited speaks").check()
    host.get_by_role("button", name="Set", exact=True).click()
    expect(bo.get_by_text("Turns are on: only")).to_be_visible()
    say(bo, "but")
    refusal = bo.get_by_role("alert")
    expect(refusal).to_have_text(
        "Turns are on: raise a hand, and a facilitator invites you to speak."
    )
    assert refusal.evaluate(IN_SIGHT)


def test_who_waits_alone_for_five_minutes_is_shown_the_other_meetings(hall: Hall) -> None:
    bo = hall.page("bo", viewport=PHONE)
    bo.clock.install()
    bo.goto(f"{hall.url}{hall.world['door']}room/")
    expect(bo.get_by_text("No facilitator is here yet.")).to_be_visible()
    alone = bo.get_by_text("No facilitator has come for five minutes.")
    expect(alone).to_be_hidden()
    bo.clock.fast_forward("05:10")
    expect(alone).to_be_visible()
    amina = hall.inside("amina")
    expect(bo.get_by_text("Amina can see that you are here.")).to_be_visible()
    bo.get_by_role("button", name="Leave the waiting room").click()
    expect(bo.get_by_role("heading", name="You left the session.")).to_be_focused()
    expect(open_panel(amina, "Host").get_by_text("Nobody is waiting.")).to_be_visible()


def test_without_javascript_the_room_says_what_to_do_instead(hall: Hall) -> None:
    bo = hall.page("bo", java_script_enabled=False)
    bo.goto(f"{hall.url}{hall.world['door']}room/")
    expect(bo.get_by_role("heading", name="The room needs JavaScript.")).to_be_visible()
    expect(bo.get_by_role("link", name="Emergency numbers")).to_be_visible()
    expect(bo.get_by_role("link", name="Back to the group")).to_be_visible()
    assert "Connecting" not in bo.locator("main").inner_text()


def test_signed_out_is_said_kindly_with_the_way_back(hall: Hall) -> None:
    bo = hall.inside("bo")
    bo.context.clear_cookies()
    hall.relay.cut()
    hall.relay.mend()
    expect(bo.get_by_role("heading", name="You are signed out.")).to_be_visible()
    expect(bo.locator("main").get_by_role("link", name="Sign in")).to_be_visible()
