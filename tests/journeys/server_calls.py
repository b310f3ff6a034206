"""A hall with a relay and a Janus of its own: rooms in it may outgrow a mesh."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.journeys.conftest import a_hall
from tests.journeys.media_probe import FAKE_DEVICES
from tests.support import media_servers, server_process
from tests.support.chromium import a_browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.journeys.browsers import Hall

# Starts to note, in a page, how it plays a person's voice. ``longest`` is for how long no packet came,
# in milliseconds: silence that costs nothing still sends one every 400 ms. It grows with the load of the
# machine. ``gaps`` does not: it counts the looks in which the page played a track that had ended, or one
# of which no packet had come yet. One such look may be due to statistics, which are up to 50 ms old.
LISTEN: Final = """
(who) => {
  const heard = window.heard = { longest: 0, gaps: 0, last: performance.now(), mark: "", isOver: false };
  let wasSilent = false;
  const audio = () => document.querySelector(`[data-tiles] [data-who="${who}"] audio`);
  async function mark() {
    const track = audio()?.srcObject?.getTracks()[0];
    if (track?.readyState !== "live") return "";
    for (const pc of made) for (const it of (await pc.getStats()).values())
      if (it.type === "inbound-rtp" && it.trackIdentifier === track.id && it.packetsReceived) return `${track.id} ${it.packetsReceived}`;
    return audio()?.srcObject?.getTracks()[0] === track ? "" : heard.mark; // replaced while it was asked
  }
  async function look() {
    const [now, mine] = [performance.now(), await mark()];
    heard.longest = Math.max(heard.longest, now - heard.last);
    if (!mine && wasSilent) heard.gaps += 1;
    wasSilent = !mine;
    if (mine && mine !== heard.mark) [heard.mark, heard.last] = [mine, now];
    if (!heard.isOver) setTimeout(look, 50);
  }
  look();
}
"""
HEARD: Final = "() => ((heard.isOver = true), { longest: heard.longest / 1000, gaps: heard.gaps })"


@dataclass
class Growing:
    """Such a hall; ``env`` is what its server was started with."""

    hall: Hall
    janus: media_servers.Program
    relay: media_servers.Program
    env: dict[str, str]


@contextmanager
def running_media_servers(
    folder: Path,
) -> Iterator[tuple[media_servers.Program, media_servers.Program, dict[str, str]]]:
    """Start a relay and a Janus; yield both, and the settings that lead a server to them."""
    relay = media_servers.turnserver(folder / "relay")
    janus = media_servers.janus(folder / "janus")
    settings = {
        "TURN_URLS": f"turn:127.0.0.1:{relay.port}?transport=udp",
        "TURN_SECRET": media_servers.SECRET,
        "JANUS_URL": f"ws://127.0.0.1:{janus.port}",
        "JANUS_SECRET": media_servers.SECRET,
    }
    relay.start()
    janus.start()
    try:
        yield relay, janus, settings
    finally:
        janus.stop()
        relay.stop()


@contextmanager
def a_growing_hall(folder: Path, *arguments: str, **variables: str) -> Iterator[Growing]:
    """Start all of it, with more arguments for the browser and more settings for the server."""
    with running_media_servers(folder) as (relay, janus, here):
        settings = here | variables
        with (
            a_browser(*FAKE_DEVICES, *arguments) as browser,
            a_hall(browser, folder, **settings) as hall,
        ):
            yield Growing(hall, janus, relay, server_process.environment(folder, **settings))
