"""What people in a call hear and see of each other, counted by their browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import expect

from tests.journeys.browsers import control, open_panel, tile_of
from tests.support.polling import becomes_true

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.journeys.browsers import Hall

FAKE_DEVICES: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream=fps=5",  # five people have twenty pictures to look at
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]
# Remembers each connection that a page makes, and every way to itself that it finds.
WATCH: Final = """
window.made = []; window.ways = []; window.failures = [];
const Native = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Native {
  constructor(...all) {
    super(...all);
    made.push(this);
    this.addEventListener("icecandidate", ({ candidate: it }) => it?.candidate && ways.push(it.type));
    this.addEventListener("icecandidateerror", (it) => failures.push(it.errorCode));
  }
};
"""
COUNTED: Final = """
async (who) => {
  const tile = document.querySelector(`[data-tiles] [data-who="${who}"]`);
  const tracks = ["audio", "video"].map((kind) => tile?.querySelector(kind).srcObject?.getTracks()[0]?.id);
  const counted = { bytes: 0, energy: 0, frames: 0, video: 0, is_played: Boolean(tracks[0]), is_shown: Boolean(tracks[1]) };
  for (const pc of made) for (const it of (await pc.getStats()).values()) {
    if (it.type !== "inbound-rtp" || !tracks.includes(it.trackIdentifier)) continue;
    if (it.kind === "audio") [counted.bytes, counted.energy] = [it.bytesReceived, it.totalAudioEnergy];
    else [counted.video, counted.frames] = [it.bytesReceived, it.framesDecoded];
  }
  return counted;
}
"""
ARRIVED: Final = """
async () => {
  let bytes = 0;
  for (const pc of made) for (const it of (await pc.getStats()).values())
    if (it.type === "inbound-rtp" && it.kind === "audio") bytes += it.bytesReceived;
  return bytes;
}
"""
SENT: Final = """
async () => {
  let bytes = 0;
  for (const pc of made) for (const it of (await pc.getStats()).values())
    if (it.type === "outbound-rtp" && it.kind === "audio") bytes += it.bytesSent;
  return bytes;
}
"""
PAIRS: Final = """
async () => {
  const used = [];
  for (const pc of made) {
    const all = await pc.getStats();
    for (const it of all.values())
      if (it.type === "candidate-pair" && it.nominated && it.state === "succeeded")
        used.push([all.get(it.localCandidateId).candidateType, all.get(it.remoteCandidateId).candidateType]);
  }
  return used;
}
"""
# A browser that goes on sending, whatever the room says.
CHEAT: Final = """
async () => {
  const [track] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getTracks();
  for (const pc of made) for (const { sender, receiver } of pc.getTransceivers())
    if (receiver.track.kind === "audio") await sender.replaceTrack(track);
}
"""
# Leads to the relay by another port, which a test can make narrow.
BY_PORT: Final = """
const Direct = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Direct {
  constructor(config) {
    super({ ...config, iceServers: config.iceServers.map((it) => ({ ...it, urls: ["turn:127.0.0.1:PORT?transport=udp"] })) });
  }
};
"""
SAMPLE_SECONDS: Final = 0.6
# What keeps a line open while nobody speaks; a voice is ten times as much.
SILENCE_BYTES: Final = 240  # in one sample


class Caller:
    """A person with a browser, a fake microphone and a fake camera."""

    def __init__(self, hall: Hall, name: str, **context: Any) -> None:
        self.name, self.who = name, str(hall.world["who"][name])
        self.page: Page = hall.page(name, permissions=["camera", "microphone"], **context)
        self.page.add_init_script(WATCH)
        self.url = f"{hall.url}{hall.world['door']}room/"

    def goes_by(self, port: int) -> None:
        """Reach the relay through this port, from the next page on."""
        self.page.add_init_script(BY_PORT.replace("PORT", str(port)))

    def comes(self) -> None:
        self.page.goto(self.url)
        expect(self.page.locator("[data-connection]")).to_have_text(
            "You are connected.", timeout=30_000
        )

    def joins(self, *, direct: bool = False) -> None:
        """Look in the mirror, and join."""
        self.press("Join audio")
        expect(self.page.get_by_role("button", name="Join, muted")).to_be_visible()
        if direct and self.page.get_by_label("Connect me directly").is_visible():
            self.page.get_by_label("Connect me directly").check()
        self.press("Join, muted")
        expect(self.switch("Mic")).to_be_focused()

    def shows_herself(self) -> None:
        """Turn the camera on, by way of the mirror."""
        self.press("Camera")
        self.press("Show me my picture")
        self.press("Let the others see me")
        expect(self.switch("Camera")).to_have_attribute("aria-pressed", "true")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def switch(self, name: str) -> Locator:
        """Return a control that is on or off."""
        return control(self.page, name)

    def speaks(self) -> None:
        """Turn the microphone on."""
        self.press("Mic")
        expect(self.switch("Mic")).to_have_attribute("aria-pressed", "true")

    def chooses_devices(self) -> None:
        """Open the device settings."""
        self.press("More")
        self.press("Device settings")

    def leaves_audio(self) -> None:
        self.press("More")
        self.press("Leave audio")

    def mutes_all(self) -> None:
        open_panel(self.page, "Host").get_by_role("button", name="Mute all").click()

    def allows_microphones(self) -> None:
        open_panel(self.page, "Host").get_by_role("button", name="Allow microphones").click()

    def sets_turns(self, *, strict: bool) -> None:
        """Let only the person speak who was invited, or everybody."""
        panel = open_panel(self.page, "Host")
        box = panel.get_by_label("Only the person who was invited speaks")
        if not box.is_visible():
            panel.locator("summary", has_text="Turns and rounds").click()
        box.set_checked(strict)
        panel.get_by_role("button", name="Set", exact=True).click()

    def tile(self, of: Caller) -> Locator:
        """Return another person's tile."""
        return tile_of(self.page, of.who)

    def of(self, other: Caller) -> dict[str, Any]:
        """Return what this browser has counted of another person."""
        return dict(self.page.evaluate(COUNTED, other.who))

    def arrived(self) -> int:
        """Return the bytes of voices that came here, played or not."""
        return int(self.page.evaluate(ARRIVED))

    def hears(self, other: Caller) -> bool:
        return _grows(lambda: self.of(other), "bytes", "energy")

    def sees(self, other: Caller) -> bool:
        return _grows(lambda: self.of(other), "video", "frames")

    def hears_nobody(self, *others: Caller) -> bool:
        """Whether soon nobody is played, and no more arrives than what keeps a line open."""
        self.page.wait_for_function("() => made.some((pc) => pc.connectionState === 'connected')")
        return becomes_true(lambda: self._is_silent(others))

    def sends(self, count: int) -> None:
        """Wait until this browser has sent so many more bytes of voice."""
        so_far = self.page.evaluate(SENT)
        assert becomes_true(lambda: self.page.evaluate(SENT) >= so_far + count)

    def _is_silent(self, others: tuple[Caller, ...]) -> bool:
        """Measure one sample: how much arrives can only be known over a time."""
        before = self.arrived()
        self.page.wait_for_timeout(SAMPLE_SECONDS * 1000)
        is_played = any(self.of(other)["is_played"] for other in others)
        return not is_played and self.arrived() - before < SILENCE_BYTES


def _grows(count: Callable[[], dict[str, Any]], *names: str) -> bool:
    before = count()

    def has_grown() -> bool:
        now = count()
        return all(now[name] > before[name] for name in names)

    return becomes_true(has_grown)
