"""Lists that others write as JSON: how they are opened, and their texts made fit to be kept."""

from __future__ import annotations

import html
import json
import unicodedata
from typing import Final

from civiltime.errors import CommonhourError

MAX_BYTES: Final = 32 * 1024 * 1024  # some thirty thousand rows


class UnreadableList(CommonhourError):
    """A file that is no list of meetings at all."""

    code = "unreadable_list"


def read_rows(raw: bytes) -> list[object]:
    """Return the rows of a JSON list of at most 32 MiB.

    Raises:
        UnreadableList: the file is too big, no JSON, or no list.
    """
    if len(raw) > MAX_BYTES:
        raise UnreadableList(f"The file is larger than {MAX_BYTES // 2**20} MiB. Split the list.")
    try:
        rows = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise UnreadableList(f"The file is not JSON: {error}.") from None
    if not isinstance(rows, list):
        raise UnreadableList("The file is JSON but not a list: it should begin with “[”.")
    return rows


def one_line(value: object) -> str:
    """Return a text without line ends, HTML entities and characters no database takes; else “”."""
    if not isinstance(value, str):
        return ""
    line = " ".join(html.unescape(value).split())
    return "".join(c for c in line if unicodedata.category(c) not in {"Cc", "Cs"}).strip()
