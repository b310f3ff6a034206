"""What axe-core finds on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

WCAG: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Only violations cross to Python: the whole result has every node of the page in it.
RUN: Final = """
async (runOnly) => {
  const { violations } = await axe.run(document, { preload: false, runOnly, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
"""


def violations(page: Page, rules: Sequence[str] = WCAG) -> list[str]:
    """Return each violation of these rules or tags, as the rule's name and the element."""
    if not page.evaluate("'axe' in window"):  # parsing it takes longer than one run of it
        page.evaluate(AXE_SCRIPT)
    return list(page.evaluate(RUN, list(rules)))
