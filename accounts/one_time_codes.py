"""Codes that people read aloud, print and type; only their hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

# No letters or digits that are mistaken for one another when read aloud or in bad light.
CODE_ALPHABET: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
LETTERS_PER_BLOCK: Final = 4


def new_code(length: int) -> str:
    """Return random letters in groups of four, joined by dashes: 4.9 bits each."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _place in range(length))
    starts = range(0, length, LETTERS_PER_BLOCK)
    return "-".join(code[start : start + LETTERS_PER_BLOCK] for start in starts)


def hash_code(code: str) -> str:
    """Return what is kept of a code, whatever its case, spaces and dashes: SHA-256 in hex."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
