"""Which aliases are allowed in a group, and which read the same."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

from civiltime.errors import CommonhourError

MAX_ALIAS_LENGTH: Final = 40
MAX_KEY_LENGTH: Final = 4 * MAX_ALIAS_LENGTH  # one ligature of a blessing folds to 18 letters
MAX_STACKED_MARKS: Final = 3

Fault = Literal["length", "characters", "letters", "reserved"]

_SENTENCES: Final[dict[str, str]] = {
    "length": "Choose a name of 1 to 40 characters.",
    "characters": "This name has characters that cannot be seen. Type it again by hand.",
    "letters": "Choose a name with at least one letter, number or symbol.",
    "reserved": "This name belongs to the people who run the group. Choose another one.",
}

# Zero-width joiners are part of spelling in Persian and the Indic scripts, and of emoji.
_JOINERS: Final = frozenset("\u200c\u200d")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters with a body but no ink, and the blank Braille cell: a name made of them is invisible.
_BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")

# Lower-case letters (after NFKC and case folding) that a reader takes for a Latin one.
# I, l, 1 and | share one key, and so do O and 0; what looks like two letters is two letters.
_LOOKALIKES: Final[dict[int, str]] = str.maketrans(
    dict(zip("аɑαӓ", "aaaa", strict=True))
    | {"ь": "b", "ƅ": "b", "в": "b", "β": "b", "ß": "b"}
    | {"с": "c", "ϲ": "c", "ᴄ": "c", "ԁ": "d", "ɗ": "d"}
    | {"е": "e", "ҽ": "e", "ε": "e", "є": "e", "ƒ": "f", "ɡ": "g", "ց": "g"}
    | {"һ": "h", "հ": "h", "н": "h", "η": "n", "ո": "n", "п": "n"}
    | dict.fromkeys("iıіӏɩι1|ǀl!łן", "l")
    | {"ј": "j", "ϳ": "j", "к": "k", "κ": "k", "ĸ": "k", "м": "rn", "m": "rn", "μ": "u"}
    | dict.fromkeys("оοօ0σøөѳ", "o")
    | {"р": "p", "ρ": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "τ": "t"}
    | {"υ": "u", "ս": "u", "ц": "u", "ν": "v", "ѵ": "v", "ԝ": "vv", "ѡ": "vv", "ω": "vv", "w": "vv"}
    | {"х": "x", "χ": "x", "у": "y", "γ": "y", "ү": "y", "ʏ": "y", "ᴢ": "z", "ζ": "z"}
    | {"5": "s", "$": "s", "@": "a", "æ": "ae", "œ": "oe", "đ": "d", "ħ": "h"}
)

_STAFF_WORDS: Final = (
    "admin administrator commonhour coordinator cofacilitator facilitator host cohost leader "
    "mod moderator official owner staff support system team "
    "administrador facilitador facilitadora moderador moderadora "
    "animateur animatrice facilitateur facilitatrice modérateur modératrice "
    "moderatorin leitung ведущий модератор администратор مشرف ميسر ميسرة إدارة"
)
_LONG_ENOUGH_TO_FIND_INSIDE: Final = 9


class UnfitAlias(CommonhourError):
    """An alias that nobody may have in a group.

    Attributes:
        fault: ``length``, ``characters``, ``letters`` or ``reserved``.
    """

    code = "unfit_alias"

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(_SENTENCES[fault])


def alias_key(alias: str) -> str:
    """Return the key that two aliases share when a reader could take one for the other.

    Compatibility forms, case, accents, spaces and punctuation are ignored, and letters of other
    scripts fold to the Latin ones they resemble (after Unicode UTS 39, but across cases). Keys are
    compared, never shown.

    Raises:
        UnfitAlias: the alias is empty or too long, has invisible characters, or claims a staff role.
    """
    tidy = alias.strip()
    if not 1 <= len(tidy) <= MAX_ALIAS_LENGTH:
        raise UnfitAlias("length")
    if _has_unseen(tidy):
        raise UnfitAlias("characters")
    words = [word for word in map(_fold, re.split(r"[\s\W_]+", tidy)) if word]
    key = _fold(tidy)
    if not key:
        raise UnfitAlias("letters")
    if len(key) > MAX_KEY_LENGTH:
        raise UnfitAlias("length")
    if _claims_to_be_staff(key, words):
        raise UnfitAlias("reserved")
    return key


def _has_unseen(text: str) -> bool:
    """Whether a text has control characters, bidi marks, blanks or stacked accents."""
    stacked = 0
    for character in text:
        category = unicodedata.category(character)
        if character in _BLANK or (category in _UNSEEN and character not in _JOINERS):
            return True
        stacked = stacked + 1 if category in {"Mn", "Me"} else 0
        if stacked > MAX_STACKED_MARKS:
            return True
    return False


def _fold(text: str) -> str:
    normalize_username = unicodedata.normalize("NFKC", text).casefold()
    # Accents of Latin, Greek and Cyrillic go; vowel signs of other scripts make the name.
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", normalize_username))
    seen = "".join(c for c in bare.translate(_LOOKALIKES) if unicodedata.category(c)[0] in "LNSM")
    return re.sub("[\ufe00-\ufe0f]", "", seen)


_STAFF_KEYS: Final = frozenset(map(_fold, _STAFF_WORDS.split()))


def _claims_to_be_staff(key: str, words: list[str]) -> bool:
    inside = (staff for staff in _STAFF_KEYS if len(staff) >= _LONG_ENOUGH_TO_FIND_INSIDE)
    return (
        key in _STAFF_KEYS
        or not _STAFF_KEYS.isdisjoint(words)
        or any(staff in key for staff in inside)
    )
