"""Two connections of one page that find each other, whoever hears first what people agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.test_media_modules import ask

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# Two people without a relay, introduced to each other before either allows a direct way.
INTRODUCED = """
const [relayed, direct] = ["relay", "all"].map((iceTransportPolicy) => ({ iceServers: [], iceTransportPolicy }));
const [sides, told] = [{}, []];
const side = (name, other, begins) => it.openPeer({
  config: relayed,
  begins,
  say: (kind, fields) => (told.push([name, fields.description?.type ?? kind]), queueMicrotask(() => sides[other].hear(fields))),
  onTrack() {},
  onFailed: () => told.push([name, "failed"]),
});
async function until(isSo) {
  for (const start = performance.now(); !isSo(); await new Promise((resolve) => setTimeout(resolve, 10))) {
    if (performance.now() - start > 20_000) throw new Error(`never ${isSo}: ${told.join(" ")}`);
  }
}
const all = (what) => told.filter(([, kind]) => kind === what).map(([name]) => name);
const answered = (times) => until(() => all("answer").length === times && sides.elder.pc.signalingState === "stable");
const connected = () => until(() => Object.values(sides).every(({ pc }) => pc.connectionState === "connected"));
const close = () => Object.values(sides).forEach((peer) => peer.close());
Object.assign(sides, { elder: side("elder", "younger", true), younger: side("younger", "elder", false) });
await answered(1);
"""


def test_a_direct_way_is_found_when_who_answers_learns_late_that_it_is_allowed(
    module_page: Page,
) -> None:
    script = """
    sides.elder.reach(direct);
    await answered(2); // under the old policy
    sides.younger.reach(direct);
    await connected();
    close();
    return all("failed");
    """
    assert ask(module_page, "peer", INTRODUCED + script) == []


@pytest.mark.parametrize("order", [["elder", "younger"], ["younger", "elder"]])
def test_both_may_learn_at_the_same_time_that_it_is_allowed(
    module_page: Page, order: list[str]
) -> None:
    script = """
    for (const name of given) sides[name].reach(direct);
    await connected();
    close();
    return all("failed");
    """
    assert ask(module_page, "peer", INTRODUCED + script, order) == []


def test_new_passes_lead_to_one_restart_and_not_to_two(module_page: Page) -> None:
    script = """
    for (const name of ["younger", "elder"]) sides[name].reach(relayed);
    await answered(2);
    close();
    return all("offer");
    """
    assert ask(module_page, "peer", INTRODUCED + script) == ["elder", "elder"]
