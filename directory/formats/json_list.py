"""JSON lists of bounded size, and text fields that are fit for the database."""

from __future__ import annotations

import html
import json
import unicodedata
from typing import Final

from civiltime.errors import CommonhourError

MAX_BYTES: Final = 32 * 1024 * 1024  # some thirty thousand rows


class UnreadableList(CommonhourError):
    """The file is not a list of meetings."""

    code = "unreadable_list"


def read_rows(raw: bytes) -> list[object]:
    """Return the items of a JSON array of at most 32 MiB, of any JSON type.

    Raises:
        UnreadableList: the file is larger, is not JSON, or is not an array.
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
    """Return a string as one line, without HTML entities and control characters; else “”."""
    if not isinstance(value, str):
        return ""
    line = " ".join(html.unescape(value).split())
    return "".join(c for c in line if unicodedata.category(c) not in {"Cc", "Cs"}).strip()
