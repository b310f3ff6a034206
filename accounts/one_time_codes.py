"""Codes for people to read aloud, print and type; only their hashes are stored."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

# No letters or digits that are mistaken for one another when read aloud or in bad light.
CODE_ALPHABET: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
LETTERS_PER_BLOCK: Final = 4


def new_code(length: int) -> str:
    """Return ``length`` random letters in blocks of four, joined by dashes: 4.9 bits a letter."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _place in range(length))
    starts = range(0, length, LETTERS_PER_BLOCK)
    return "-".join(code[start : start + LETTERS_PER_BLOCK] for start in starts)


def hash_code(code: str) -> str:
    """Return the SHA-256 of a code in hex, without regard to case, spaces and dashes."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
