"""What a person reads of a page, without its markup."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpResponseBase


def words(page: HttpResponseBase) -> str:
    """Return a page's text, its white space normalize_username."""
    assert not page.streaming
    return words_of(page.content.decode())  # type: ignore[attr-defined]


def words_of(markup: str) -> str:
    """Return the text of a part of a page."""
    text = re.sub(r"<[^>]+>", " ", markup)
    return re.sub(r"\s+", " ", html.unescape(text)).replace(" ,", ",")
