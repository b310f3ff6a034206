"""A sealed frame opens with its key and with nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.test_media_modules import ask

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

KEYS = """
const [secret, other] = [1, 2].map((filled) => new Uint8Array(32).fill(filled));
const picture = (type) => ({ type, data: Uint8Array.from({ length: 100 }, (_, at) => at).buffer });
const bytes = (frame) => [...new Uint8Array(frame.data)];
const holding = async (...keys) => new Map(await Promise.all(keys.map(async ([id, secret]) => [id, await it.keyOf(id, secret)])));
const sealed = async (type, id, secret) => { const frame = picture(type); await it.seal(frame, await it.keyOf(id, secret)); return frame; };
"""


@pytest.mark.parametrize(("kind", "clear"), [("key", 10), ("delta", 3), (None, 0)])
def test_a_frame_opens_with_its_key_and_shows_no_more_than_its_header(
    module_page: Page, kind: str | None, clear: int
) -> None:
    script = """
    const type = given ?? undefined;
    const frame = await sealed(type, 16, secret);
    const onTheWay = bytes(frame);
    const isOpen = await it.open(frame, await holding([16, secret]));
    return { onTheWay, isOpen, after: bytes(frame), before: bytes(picture(type)) };
    """
    seen = ask(module_page, "sealing/frames", KEYS + script, kind)
    assert seen["isOpen"]
    assert seen["after"] == seen["before"]
    assert seen["onTheWay"][:clear] == seen["before"][:clear]
    same = sum(
        a == b for a, b in zip(seen["onTheWay"][clear:], seen["before"][clear:], strict=False)
    )
    assert same < 15, "of 90 bytes, chance leaves less than one alike"


def test_nothing_opens_without_the_key_with_another_or_once_it_was_changed(
    module_page: Page,
) -> None:
    script = """
    const tries = [];
    const attempt = async (keys, change = () => {}) => {
      const frame = await sealed("key", 16, secret);
      change(new Uint8Array(frame.data));
      tries.push(await it.open(frame, keys));
    };
    await attempt(new Map());
    await attempt(await holding([16, other]));
    await attempt(await holding([32, secret]));
    for (const at of [0, 50, 99, 117, 120]) await attempt(await holding([16, secret]), (data) => (data[at] ^= 1));
    return tries;
    """
    assert ask(module_page, "sealing/frames", KEYS + script) == [False] * 8


def test_a_key_that_was_turned_on_opens_what_comes_after_and_not_what_was_before(
    module_page: Page,
) -> None:
    script = """
    const later = await it.turnOn(secret);
    const [before, after] = [await sealed("key", 16, secret), await sealed("key", 17, later)];
    const after2 = await sealed("key", 17, later);
    return [
      await it.open(after, await holding([16, secret])),
      await it.open(before, await holding([17, later])),
      await it.open(after2, await holding([17, later])),
    ];
    """
    assert ask(module_page, "sealing/frames", KEYS + script) == [True, False, True]
