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
    text = re.sub(r"<[^>]+>", " ", page.content.decode())  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", html.unescape(text)).replace(" ,", ",")
