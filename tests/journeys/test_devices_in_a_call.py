"""What a page does with a microphone, a camera, a loudspeaker and the screen, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import admit_all
from tests.journeys.conftest import a_hall
from tests.journeys.media_probe import FAKE_DEVICES, Caller
from tests.journeys.server_calls import running_media_servers
from tests.support.chromium import a_browser
from tests.support.polling import wait_until_true

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.browsers import Hall

pytestmark = pytest.mark.browser

# Remembers each device that is opened, and each time that the screen is kept awake.
WATCH: Final = """
window.opened = []; window.locks = [];
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wish) => {
  const stream = await open(wish);
  opened.push(...stream.getTracks());
  return stream;
};
const request = navigator.wakeLock.request.bind(navigator.wakeLock);
navigator.wakeLock.request = async (what) => {
  const lock = await request(what);
  locks.push(lock);
  return lock;
};
"""
MOVES: Final = """
() => {
  const { value } = document.querySelector("#check-level");
  (window.values ??= new Set()).add(value);
  return values.size > 3 && Math.max(...values) > 0.01;
}
"""
OPEN: Final = (
    "(id) => opened.some((it) => it.readyState === 'live' && it.getSettings().deviceId === id)"
)
# Whether no picture came, of anybody, between two looks a second apart.
NO_PICTURES: Final = """
async () => {
  async function count() {
    let bytes = 0;
    for (const pc of made) for (const it of (await pc.getStats()).values())
      if (it.type === "inbound-rtp" && it.kind === "video") bytes += it.bytesReceived;
    return bytes;
  }
  const before = await count();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return before > 0 && before === (await count());
}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    folder = tmp_path_factory.mktemp("devices")
    with (
        running_media_servers(folder) as (_, _, settings),
        a_browser(*FAKE_DEVICES) as browser,
        a_hall(browser, folder, COMMONHOUR_MEDIA="mesh", **settings) as hall,
    ):
        yield hall


@pytest.fixture
def hour(site: Hall) -> Iterator[Hall]:
    """Give a test an hour of its own."""
    with site.own_hour():
        yield site


def inside(hour: Hall, *names: str) -> list[Caller]:
    callers = [Caller(hour, name) for name in names]
    for caller in callers:
        caller.page.add_init_script(WATCH)
        caller.comes()
    if len(callers) > 1:
        admit_all(callers[0].page)
    return callers


def another(caller: Caller, label: str) -> str:
    """Choose the last device of a list, which is not the usual one; return its id."""
    field = caller.page.get_by_label(label, exact=True)
    expect(field.locator("option").nth(1)).to_be_attached()
    usual = field.input_value()
    field.select_option(index=field.locator("option").count() - 1)
    assert field.input_value() != usual
    return field.input_value()


def test_the_mirror_shows_level_picture_and_devices_before_anybody_else_does(hour: Hall) -> None:
    (amina,) = inside(hour, "amina")
    amina.press("Join audio")
    mirror = amina.page.get_by_role("dialog", name="Device settings")
    amina.page.wait_for_function(MOVES)
    amina.page.wait_for_function(OPEN, arg=another(amina, "Microphone"))
    assert amina.page.evaluate("opened.filter((it) => it.readyState === 'live').length") == 1

    expect(mirror).to_contain_text("Before the camera: look at what is behind you.")
    picture = mirror.locator("video")
    expect(picture).to_be_hidden()
    assert not amina.page.evaluate("opened.some((it) => it.kind === 'video')"), "not unasked"
    amina.press("Show me my picture")
    expect(picture).to_be_visible()
    amina.page.wait_for_function(
        "() => (it => it.videoWidth > 0 && it.currentTime > 0)(document.querySelector('[data-check] video'))"
    )
    mirror.get_by_role("button", name="Not now").click()
    amina.page.wait_for_function("() => opened.every((it) => it.readyState === 'ended')")
    assert hour.problems == []


def test_the_first_camera_of_a_call_leads_past_the_mirror(hour: Hall) -> None:
    (amina,) = inside(hour, "amina")
    amina.joins()
    amina.press("Camera")
    mirror = amina.page.get_by_role("dialog", name="Device settings")
    expect(mirror).to_contain_text("Before the camera: look at what is behind you.")
    expect(mirror.get_by_role("button", name="Let the others see me")).to_be_hidden()
    assert not amina.page.evaluate("opened.some((it) => it.kind === 'video')")


def test_a_loudspeaker_is_changed_while_somebody_speaks(hour: Hall) -> None:
    amina, bo = inside(hour, "amina", "bo")
    for caller in (amina, bo):
        caller.joins()
    bo.speaks()
    assert amina.hears(bo)
    amina.chooses_devices()
    chosen = another(amina, "Loudspeaker")
    amina.press("Done")
    amina.page.wait_for_function(
        "([who, id]) => document.querySelector(`[data-tiles] [data-who='${who}'] audio`).sinkId === id",
        arg=[bo.who, chosen],
    )


def test_the_screen_stays_awake_for_as_long_as_the_call(hour: Hall) -> None:
    (amina,) = inside(hour, "amina")
    # A browser without a window refuses it, unless it was allowed beforehand.
    amina.page.context.grant_permissions(["camera", "microphone", "screen-wake-lock"])
    assert amina.page.evaluate("locks.length") == 0
    amina.joins()
    amina.page.wait_for_function("() => locks.length === 1 && !locks[0].released")
    amina.leaves_audio()
    amina.page.wait_for_function("() => locks.every((it) => it.released)")


def test_less_data_keeps_pictures_away_and_voices_on(hour: Hall) -> None:
    amina, bo = inside(hour, "amina", "bo")
    for caller in (amina, bo):
        caller.joins()
    bo.speaks()
    bo.shows_herself()
    assert amina.sees(bo)
    amina.chooses_devices()
    receives = amina.page.get_by_label("What you receive")
    receives.select_option("audio")
    amina.press("Done")
    expect(amina.tile(bo).locator("video")).to_be_hidden()
    wait_until_true(amina.page, NO_PICTURES)
    assert amina.hears(bo)
    amina.chooses_devices()
    receives.select_option("everything")
    amina.press("Done")
    assert amina.sees(bo)
