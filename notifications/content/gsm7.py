"""The length of a text message: in septets of GSM 03.38, or in UTF-16 units with other characters."""

from __future__ import annotations

from typing import Final

# 3GPP TS 23.038, 6.2.1: characters of one septet, and those of two.
BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("\f^{}\\[~]|€")
MAX_SEPTETS: Final = 160
MAX_UTF16_UNITS: Final = 70
# Typographic characters that GSM 03.38 lacks, and the nearest that it has.
PLAIN: Final = str.maketrans(
    {"“": '"', "”": '"', "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " "}
)


def plain(text: str) -> str:
    """Return a text with typographic characters replaced by characters of GSM 03.38."""
    return text.translate(PLAIN)


def fits_one_message(text: str) -> bool:
    """Whether a text is one message: 160 septets, or 70 UTF-16 units if it has other characters."""
    if set(text) <= BASIC | EXTENDED:
        return len(text) + sum(character in EXTENDED for character in text) <= MAX_SEPTETS
    return len(text.encode("utf-16-le")) // 2 <= MAX_UTF16_UNITS
