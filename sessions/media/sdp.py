"""Looks at what browsers tell each other (SDP, ICE), so that nobody is shown an address unasked.

Not a parser: what a browser of today writes passes, and everything else is refused whole
(RFC 8866; RFC 8839 for candidates).
"""

from __future__ import annotations

import re
from typing import Any, Final

from sessions.media.backend import MediaCode, MediaRefused

NAME_LENGTH: Final = 64
SDP_CHARACTERS: Final = 24 * 1024
CANDIDATE_CHARACTERS: Final = 512
SECTIONS_AT_MOST: Final = 4
MANY_SECTIONS: Final = 120  # of what one receives from a server: sixty voices, sixty pictures
_DESCRIPTION_TYPES: Final = frozenset({"offer", "answer"})
_LINE: Final = re.compile(r"[a-z]=[\x20-\x7e]+")
_MEDIA: Final = re.compile(r"m=(audio|video) \d{1,5} UDP/TLS/RTP/SAVPF [\d ]+")
_FINGERPRINT: Final = re.compile(r"a=fingerprint:sha-(?:256|384|512) [0-9A-F]{2}(?::[0-9A-F]{2})+")
_NOWHERE: Final = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1"})  # noqa: S104 - nothing is bound
_CANDIDATE: Final = re.compile(
    r"candidate:[\w+/]{1,32} [12] (?:udp|UDP|tcp|TCP) \d{1,10} (?P<address>[\w.:%-]{1,64}) \d{1,5} "
    r"typ (?P<kind>host|srflx|prflx|relay)"
    r"(?: raddr (?P<related>[\w.:%-]{1,64}) rport \d{1,5})?(?: [\w+/.-]+)*"
)


def read_description(raw: Any, *, direct: bool, sections: int = SECTIONS_AT_MOST) -> dict[str, str]:
    """Return an offer or an answer as it may be passed on.

    ``direct`` says whether both sides agreed to learn each other's address.

    Raises:
        MediaRefused: it is not one, or it shows an address.
    """
    if not isinstance(raw, dict) or raw.get("type") not in _DESCRIPTION_TYPES:
        raise MediaRefused(MediaCode.MALFORMED)
    text = raw.get("sdp")
    if not isinstance(text, str) or len(text) > SDP_CHARACTERS or not text.startswith("v=0\r\n"):
        raise MediaRefused(MediaCode.MALFORMED)
    lines = text.removesuffix("\r\n").split("\r\n")
    if not all(map(_LINE.fullmatch, lines)) or not _is_encrypted_media(lines, sections):
        raise MediaRefused(MediaCode.MALFORMED)
    shown = {line[2:] for line in lines if line.startswith("a=candidate:")}
    relayed = {_checked(candidate, direct=direct) for candidate in shown}
    if not direct and not _addresses(lines) <= relayed | _NOWHERE:
        raise MediaRefused(MediaCode.ADDRESS_SHOWN)
    return {"type": raw["type"], "sdp": text}


def session_of(text: str) -> str:
    """Return the name that its browser gave a connection: another one begins anew."""
    found = re.search(r"^o=\S+ (\d+) ", text, re.MULTILINE)
    return found[1] if found else ""


def read_candidate(raw: Any, *, direct: bool) -> dict[str, Any]:
    """Return one candidate as it may be passed on; an empty one says that there are no more.

    Raises:
        MediaRefused: it is none, or shows an address to who did not agree.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("candidate"), str):
        raise MediaRefused(MediaCode.MALFORMED)
    if raw["candidate"]:
        _checked(raw["candidate"], direct=direct)
    names = {name: raw.get(name) for name in ("sdpMid", "usernameFragment")}
    index = raw.get("sdpMLineIndex")
    if not all(_is_short(name) for name in names.values()) or index not in {None, 0, 1, 2, 3}:
        raise MediaRefused(MediaCode.MALFORMED)
    return {"candidate": raw["candidate"], "sdpMLineIndex": index, **names}


def _checked(candidate: str, *, direct: bool) -> str:
    """Return a candidate's address, if it may be told."""
    found = (
        _CANDIDATE.fullmatch(candidate.strip()) if len(candidate) <= CANDIDATE_CHARACTERS else None
    )
    if found is None:
        raise MediaRefused(MediaCode.MALFORMED)
    related = found["related"] or "::"
    if not direct and (found["kind"] != "relay" or related not in _NOWHERE):
        raise MediaRefused(MediaCode.ADDRESS_SHOWN)
    return found["address"]


def _is_encrypted_media(lines: list[str], at_most: int) -> bool:
    """Whether every section is audio or video over DTLS-SRTP, with a fingerprint to hold it to."""
    sections = [line for line in lines if line.startswith("m=")]
    return (
        0 < len(sections) <= at_most
        and all(map(_MEDIA.fullmatch, sections))
        and any(map(_FINGERPRINT.fullmatch, lines))
        and not any(line.startswith("a=crypto:") for line in lines)
    )


def _addresses(lines: list[str]) -> set[str]:
    """Return the addresses that a description names outside its candidates."""
    named = [line.split() for line in lines if line.startswith(("o=", "c=", "a=rtcp:"))]
    return {words[-1] for words in named if words[-2:-1] in (["IP4"], ["IP6"])}


def _is_short(name: Any) -> bool:
    return name is None or (isinstance(name, str) and len(name) <= NAME_LENGTH)
