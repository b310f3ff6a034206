"""Checks session descriptions (RFC 8866) and candidates (RFC 8839) that browsers send each other.

Descriptions that show a network address are refused unless both people agreed. This is no parser: the
output of current browsers is accepted, anything else refused.
"""

from __future__ import annotations

import re
from typing import Any, Final

from sessions.media.backend import MediaCode, MediaRefused

NAME_LENGTH: Final = 64
SDP_CHARACTERS: Final = 24 * 1024
CANDIDATE_CHARACTERS: Final = 512
MAX_SECTIONS: Final = 4
MAX_SERVER_SECTIONS: Final = 120  # of a server's offer: audio and video of 60 people
_DESCRIPTION_TYPES: Final = frozenset({"offer", "answer"})
_LINE: Final = re.compile(r"[a-z]=[\x20-\x7e]+")
_MEDIA: Final = re.compile(r"m=(audio|video) \d{1,5} UDP/TLS/RTP/SAVPF [\d ]+")
_FINGERPRINT: Final = re.compile(r"a=fingerprint:sha-(?:256|384|512) [0-9A-F]{2}(?::[0-9A-F]{2})+")
_NO_ADDRESS: Final = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1"})  # noqa: S104 - nothing is bound
_CANDIDATE: Final = re.compile(
    r"candidate:[\w+/]{1,32} [12] (?:udp|UDP|tcp|TCP) \d{1,10} (?P<address>[\w.:%-]{1,64}) \d{1,5} "
    r"typ (?P<kind>host|srflx|prflx|relay)"
    r"(?: raddr (?P<related>[\w.:%-]{1,64}) rport \d{1,5})?(?: [\w+/.-]+)*"
)


def read_description(raw: Any, *, direct: bool, sections: int = MAX_SECTIONS) -> dict[str, str]:
    """Return the type and SDP of an offer or answer.

    ``direct`` is whether both people agreed to show each other their addresses.

    Raises:
        MediaRefused: it is malformed, or shows an address without consent.
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
    if not direct and not _addresses(lines) <= relayed | _NO_ADDRESS:
        raise MediaRefused(MediaCode.ADDRESS_SHOWN)
    return {"type": raw["type"], "sdp": text}


def session_of(text: str) -> str:
    """Return the session id of a description (``o=``), which is new for each connection."""
    match = re.search(r"^o=\S+ (\d+) ", text, re.MULTILINE)
    return match[1] if match else ""


def read_candidate(raw: Any, *, direct: bool) -> dict[str, Any]:
    """Return the checked fields of a candidate. An empty one marks the end of candidates.

    Raises:
        MediaRefused: it is malformed, or shows an address without consent.
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
    """Return the address of a candidate, if it may be shown."""
    match = (
        _CANDIDATE.fullmatch(candidate.strip()) if len(candidate) <= CANDIDATE_CHARACTERS else None
    )
    if match is None:
        raise MediaRefused(MediaCode.MALFORMED)
    related = match["related"] or "::"
    if not direct and (match["kind"] != "relay" or related not in _NO_ADDRESS):
        raise MediaRefused(MediaCode.ADDRESS_SHOWN)
    return match["address"]


def _is_encrypted_media(lines: list[str], at_most: int) -> bool:
    """Whether every section is audio or video over DTLS-SRTP, with a certificate fingerprint."""
    sections = [line for line in lines if line.startswith("m=")]
    return (
        0 < len(sections) <= at_most
        and all(map(_MEDIA.fullmatch, sections))
        and any(map(_FINGERPRINT.fullmatch, lines))
        and not any(line.startswith("a=crypto:") for line in lines)
    )


def _addresses(lines: list[str]) -> set[str]:
    """Return the addresses of a description outside its candidates."""
    named = [line.split() for line in lines if line.startswith(("o=", "c=", "a=rtcp:"))]
    return {words[-1] for words in named if words[-2:-1] in (["IP4"], ["IP6"])}


def _is_short(name: Any) -> bool:
    return name is None or (isinstance(name, str) and len(name) <= NAME_LENGTH)
