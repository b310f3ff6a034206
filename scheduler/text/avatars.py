"""The disc that stands for an alias: the same letter and colour on every page."""

from __future__ import annotations

import unicodedata
from typing import Final

HUES: Final = 12
_FNV_OFFSET: Final = 0x811C9DC5
_FNV_PRIME: Final = 0x01000193


def hue(alias: str) -> int:
    """Return 0 to 11: FNV-1a with 32 bits over the alias in UTF-8, modulo 12.

    ``static/js/avatar.js`` computes the same number. Source: RFC 9923, FNV-1a.
    """
    value = _FNV_OFFSET
    for byte in alias.encode():
        value = (value ^ byte) * _FNV_PRIME % 2**32
    return value % HUES


def first_letter(alias: str) -> str:
    """Return the first letter in upper case with its combining marks, ``?`` for an empty alias."""
    letters = alias.strip()
    end = 1
    while end < len(letters) and unicodedata.category(letters[end]).startswith("M"):
        end += 1
    return letters[:end].upper() or "?"
