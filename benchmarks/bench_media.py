"""What a call costs its servers, and how soon a voice is there.

Pages of the product in one headless Chromium, through its own room sockets, our relay and our Janus, on
addresses of this machine alone: it needs root once, to make an interface (``tests/support/media_servers.py``).
``bench_media.py load`` (or ``first``) runs one scene. Rows: FIGURE, name, value, unit. CPU is
that of the server's processes alone. Every wait has an end, and says what it waited for.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Error

from tests.journeys.browsers import Hall
from tests.journeys.media_probe import FAKE_DEVICES, Caller
from tests.journeys.server_calls import media_servers
from tests.support import server_process
from tests.support.chromium import a_browser
from tests.support.fake_voice import write_speech
from tests.support.tcp_proxy import Relay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from tests.support.media_servers import Program

TICKS: Final = os.sysconf("SC_CLK_TCK")
VOICES, CAMERAS = 8, 4
LOAD_SECONDS: Final = 20
JOINS: Final = 20
PATIENCE_MS: Final = 20_000
# What has come to a page so far: bytes, pictures, and how many voices and pictures it came from.
RECEIVED: Final = """
async () => {
  const sum = { bytes: 0, frames: 0, voices: 0, pictures: 0 };
  for (const pc of made) for (const it of (await pc.getStats()).values()) {
    if (it.type !== "inbound-rtp" || !it.bytesReceived) continue;
    sum.bytes += it.bytesReceived + it.headerBytesReceived;
    sum.frames += it.framesDecoded ?? 0;
    sum[it.kind === "audio" ? "voices" : "pictures"] += 1;
  }
  return sum;
}
"""
ARRIVE: Final = """([voices, pictures]) => (async () => {
  const { voices: v, pictures: p } = await (RECEIVED)();
  return v >= voices && p >= pictures;
})()""".replace("RECEIVED", RECEIVED.strip())
# Resolves with the milliseconds from a press until energy of somebody's voice has come.
UNTIL_HEARD: Final = """
async ([name, who, patience]) => {
  const button = [...document.querySelectorAll("button")].find((it) => it.textContent.trim() === name);
  const begin = performance.now();
  button.click();
  while (performance.now() - begin < patience) {
    const track = document.querySelector(`[data-voices] [data-who="${who}"] audio`)?.srcObject?.getTracks()[0]?.id;
    for (const pc of made) for (const it of (await pc.getStats()).values())
      if (it.type === "inbound-rtp" && it.trackIdentifier === track && it.totalAudioEnergy > 0) return performance.now() - begin;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`no energy of a voice within ${patience} ms of pressing ${name}`);
}
"""


def figure(name: str, value: float, unit: str) -> None:
    """Print one row."""
    print("FIGURE", name, f"{value:.3g}", unit, sep="\t", flush=True)


def cpu_seconds(pid: int) -> float:
    """Return what a process has used, in user and system seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Site:
    """One server with its relay and its Janus, and a browser full of people who talk without a pause."""

    def __init__(
        self,
        browser: Browser,
        server: server_process.Server,
        env: dict[str, str],
        relay: Program,
        janus: Program,
    ) -> None:
        self.browser, self.env, self.relay, self.janus = browser, env, relay, janus
        self.line = Relay(int(server.url.rpartition(":")[2]))
        self.processes = {"janus": janus, "coturn": relay, "web": server}

    def hall(self, people: int) -> Hall:
        """Fill a room of its own."""
        words = f"from benchmarks.seed_rooms import hall; hall({people})"
        made = server_process.manage("shell", "-v", "0", "-c", words, env=self.env)
        if made.returncode:
            raise SystemExit(made.stderr)
        return Hall(self.browser, self.line, json.loads(made.stdout))

    def cpu(self) -> dict[str, float]:
        """Return what each server has used so far, in seconds."""
        found = {name: it.process for name, it in self.processes.items()}
        return {name: cpu_seconds(process.pid) for name, process in found.items() if process}


@contextmanager
def a_site(folder: Path, media: str) -> Iterator[Site]:
    """Start everything, on addresses of this machine."""
    with media_servers(folder) as (relay, janus, settings):
        env = server_process.environment(folder, COMMONHOUR_MEDIA=media, **settings)
        with (
            server_process.serve(env) as server,
            a_browser(*FAKE_DEVICES, write_speech(folder)) as browser,
        ):
            server.wait_until_ready()
            site = Site(browser, server, env, relay, janus)
            with closing(site.line):
                yield site


def leave(hall: Hall) -> None:
    """Close everybody's browser."""
    for context in hall.browser.contexts:
        context.close()
    if hall.problems:
        print("#", hall.problems[:3])


def load(site: Site) -> None:
    """Measure the servers while eight speak at once and four are seen."""
    hall = site.hall(VOICES)
    people = [Caller(hall, str(number)) for number in range(VOICES)]
    for caller in people:
        caller.comes()
        caller.joins()
        caller.press("Turn the microphone on")
    for caller in people[:CAMERAS]:
        caller.shows_herself()
    for number, caller in enumerate(people):
        expected = [VOICES - 1, CAMERAS - (number < CAMERAS)]
        caller.page.wait_for_function(ARRIVE, arg=expected, timeout=PATIENCE_MS)
    people[0].page.wait_for_timeout(5000)  # sizes of pictures settle
    before, bytes_before, begin = site.cpu(), received(people), time.monotonic()
    people[0].page.wait_for_timeout(LOAD_SECONDS * 1000)
    seconds, after, bytes_after = time.monotonic() - begin, site.cpu(), received(people)
    for name in before:
        share = 100 * (after[name] - before[name]) / seconds
        figure(f"{name}: CPU for each of {VOICES} participants", share / VOICES, "% of a core")
    flow = {name: (bytes_after[name] - bytes_before[name]) / seconds for name in bytes_before}
    figure("  delivered to the pages meanwhile", flow["bytes"] * 8 / 1e6, "Mbit/s")
    figure("  pictures decoded by the pages meanwhile", flow["frames"], "a second")
    leave(hall)


def received(people: list[Caller]) -> dict[str, float]:
    """Return what has come to all pages together."""
    counts: list[dict[str, Any]] = [caller.page.evaluate(RECEIVED) for caller in people]
    return {name: sum(count[name] for count in counts) for name in ("bytes", "frames")}


def first(site: Site) -> None:
    """Measure how soon a newcomer hears, and how soon a microphone that is turned on is heard."""
    hall = site.hall(2)
    speaker, newcomer = Caller(hall, "0"), Caller(hall, "1")
    for caller in (speaker, newcomer):
        caller.comes()
    speaker.joins()
    speaker.press("Turn the microphone on")
    delays = []
    for _ in range(JOINS):
        newcomer.comes()  # a page that was opened anew
        newcomer.press("Join with your voice")
        newcomer.page.get_by_role("button", name="Join, muted").wait_for(timeout=PATIENCE_MS)
        wish = ["Join, muted", speaker.who, PATIENCE_MS]
        delays.append(newcomer.page.evaluate(UNTIL_HEARD, wish))
    backend = site.env["COMMONHOUR_MEDIA"]
    delays.sort()
    figure(
        f"{backend}: from “join” to the first audio, p50 of {JOINS}",
        statistics.median(delays),
        "ms",
    )
    figure(f"{backend}: from “join” to the first audio, p95", delays[round(JOINS * 0.95) - 1], "ms")
    leave(hall)


SCENES: Final[dict[str, tuple[Callable[[Site], None], tuple[str, ...]]]] = {
    "load": (load, ("janus",)),
    "first": (first, ("mesh", "janus")),
}


def main(names: list[str]) -> None:
    """Run the scenes, each way that media go."""
    for media in ("mesh", "janus"):
        scenes = [scene for name in names for scene, ways in [SCENES[name]] if media in ways]
        if not scenes:
            continue
        with tempfile.TemporaryDirectory() as folder, a_site(Path(folder), media) as site:
            for scene in scenes:
                try:
                    scene(site)
                except (Error, AssertionError) as stuck:
                    print(
                        f"# {media}, {scene.__name__} did not end: {stuck}".splitlines()[0],
                        flush=True,
                    )


print(f"# {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
main(sys.argv[1:] or list(SCENES))
