"""How long a text message is where it counts: in septets of GSM 03.38, or in UTF-16 beyond it."""

from __future__ import annotations

from typing import Final

# 3GPP TS 23.038, 6.2.1: one septet each, and the characters that take two.
BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("\f^{}\\[~]|€")
SEPTETS: Final = 160
UTF16_UNITS: Final = 70
# What typographers write and telephones of 1985 do not know.
PLAIN: Final = str.maketrans(
    {"“": '"', "”": '"', "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " "}
)


def plain(text: str) -> str:
    """Return a text with typographic characters replaced by those every telephone knows."""
    return text.translate(PLAIN)


def fits_one_message(text: str) -> bool:
    """Whether a text goes out as one message: 160 septets, or 70 units where other letters occur."""
    if set(text) <= BASIC | EXTENDED:
        return len(text) + sum(character in EXTENDED for character in text) <= SEPTETS
    return len(text.encode("utf-16-le")) // 2 <= UTF16_UNITS
