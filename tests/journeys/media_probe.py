"""What people in a call hear and see of each other, counted by their browsers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

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
  const tile = document.querySelector(`[data-voices] [data-who="${who}"]`);
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
PATIENCE: Final = 15.0  # seconds


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
        self.press("Join with your voice")
        expect(self.page.get_by_role("button", name="Join, muted")).to_be_visible()
        if direct and self.page.get_by_label("Connect me directly").is_visible():
            self.page.get_by_label("Connect me directly").check()
        self.press("Join, muted")
        expect(self.page.get_by_role("button", name="Turn the microphone on")).to_be_visible()

    def shows_herself(self) -> None:
        """Turn the camera on, by way of the mirror."""
        self.press("Turn the camera on")
        self.press("Show me my picture")
        self.press("Let the others see me")
        expect(self.page.get_by_role("button", name="Turn the camera off")).to_be_visible()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

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

    def hears_nobody(self, *others: Caller, seconds: float = 1.5) -> bool:
        """Whether nobody is played, and nothing more arrives than what keeps a line open."""
        before = self.arrived()
        self.page.wait_for_timeout(seconds * 1000)
        silent = not any(self.of(other)["is_played"] for other in others)
        return silent and self.arrived() - before < 400 * seconds


def _grows(count: Any, *names: str) -> bool:
    deadline = time.monotonic() + PATIENCE
    before = count()
    while time.monotonic() < deadline:
        time.sleep(0.3)
        now = count()
        if all(now[name] > before[name] for name in names):
            return True
    return False
