"""Codes for people to read aloud, print and type; only their hashes are stored."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from django.utils.crypto import salted_hmac

# No letters or digits that are mistaken for one another when read aloud or in bad light.
CODE_ALPHABET: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
LETTERS_PER_BLOCK: Final = 4


def new_code(length: int) -> str:
    """Return ``length`` random letters in blocks of four, joined by dashes: 4.9 bits a letter."""
    return _in_blocks("".join(secrets.choice(CODE_ALPHABET) for _place in range(length)))


def derived_code(key: str, length: int) -> str:
    """Return the code that belongs to a key, the same until the installation's secret key changes.

    It looks like :func:`new_code`, and cannot be computed from a copy of the database alone.
    """
    digest = salted_hmac("accounts.derived_code", key, algorithm="sha256").digest()
    code = "".join(CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in digest[:length])
    return _in_blocks(code)


def hash_code(code: str) -> str:
    """Return the SHA-256 of a code in hex, without regard to case, spaces and dashes."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def _in_blocks(code: str) -> str:
    starts = range(0, len(code), LETTERS_PER_BLOCK)
    return "-".join(code[start : start + LETTERS_PER_BLOCK] for start in starts)
