"""Languages of groups, each by its own name for itself."""

from __future__ import annotations

from functools import cache
from typing import Final

from django.conf.locale import LANG_INFO

# Languages of regions with many people in recovery that Django does not list.
ADDITIONAL_LANGUAGES: Final = {
    "am": "አማርኛ",
    "ha": "Hausa",
    "ku": "Kurdî",
    "ne": "नेपाली",
    "ps": "پښتو",
    "so": "Soomaali",
    "ti": "ትግርኛ",
    "yo": "Yorùbá",
}


@cache
def names() -> dict[str, str]:
    """Map each two-letter ISO 639-1 code to its own name, in the order of the codes."""
    known = {code: info["name_local"] for code, info in LANG_INFO.items() if len(code) == 2}  # noqa: PLR2004 - ISO 639-1
    return dict(sorted((ADDITIONAL_LANGUAGES | known | {"zh": "中文"}).items()))


def native_name(code: str) -> str:
    """Return a language's own name; an unknown code is returned as it is."""
    return names().get(code, code).capitalize()
