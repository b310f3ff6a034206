"""Nobody is shown an address unasked, and nothing odd is passed on."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.media.backend import MediaCode, MediaRefused
from sessions.media.sdp import SDP_CHARACTERS, read_candidate, read_description
from tests.support.sdp_samples import HOST, REFLEXIVE, RELAY, TELLING_RELAY, candidate, described

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def refusal_of(read: Any, raw: Any, *, direct: bool = False) -> MediaCode:
    with pytest.raises(MediaRefused) as refused:
        read(raw, direct=direct)
    return refused.value.code


def test_what_a_browser_writes_passes_unchanged() -> None:
    offer = described(f"a={RELAY}", "a=end-of-candidates")
    assert read_description(offer, direct=False) == offer
    assert read_candidate(candidate(), direct=False) == candidate()
    assert read_candidate(candidate(""), direct=False) == candidate("")


def test_what_nobody_asked_for_is_not_passed_on() -> None:
    assert read_description(described() | {"script": "x"}, direct=False) == described()
    assert "address" not in read_candidate(candidate() | {"address": "192.0.2.7"}, direct=False)


@pytest.mark.parametrize(
    "client",
    [
        f"a={HOST}",
        f"a={REFLEXIVE}",
        f"a={TELLING_RELAY}",
        "c=IN IP4 192.0.2.7",
        "c=IN IP6 2001:db8::7",
        "a=rtcp:9 IN IP4 192.0.2.7",
    ],
)
def test_an_address_is_shown_to_those_alone_who_agreed(client: str) -> None:
    assert refusal_of(read_description, described(client)) is MediaCode.ADDRESS_SHOWN
    read_description(described(client), direct=True)


@pytest.mark.parametrize("text", [HOST, REFLEXIVE, TELLING_RELAY])
def test_a_candidate_is_shown_to_those_alone_who_agreed(text: str) -> None:
    assert refusal_of(read_candidate, candidate(text)) is MediaCode.ADDRESS_SHOWN
    read_candidate(candidate(text), direct=True)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "v=0",
        {},
        {"type": "offer"},
        {"type": "rollback", "sdp": ""},
        described() | {"type": "pranswer"},
        described() | {"sdp": 5},
        described() | {"sdp": "v=0\r\ngarbage\r\n"},
        described("a=\u202e"),
        described("a=nul\x00"),
        described("m=application 9 UDP/DTLS/SCTP webrtc-datachannel"),
        described("m=audio 9 RTP/AVP 0"),
        described("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x"),
        described(*["m=video 9 UDP/TLS/RTP/SAVPF 96"] * 4),
        described(f"a={RELAY} \x7f"),
        described("a=candidate:1 1 udp"),
        described("a=x" * SDP_CHARACTERS),
        {"type": "offer", "sdp": "v=0\r\n" + "a=x\r\n" * 20_000},
        {"type": "offer", "sdp": described()["sdp"].replace("a=fingerprint", "a=thumbprint")},
    ],
)
def test_a_description_that_is_none_is_refused_whole(raw: Any) -> None:
    assert refusal_of(read_description, raw, direct=True) is MediaCode.MALFORMED


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        candidate("candidate"),
        candidate("candidate:1 1 udp 1 192.0.2.7 5 typ magic"),
        candidate(HOST + " \r\na=x"),
        candidate(HOST + " x" * 1000),
        candidate() | {"sdpMid": 5},
        candidate() | {"sdpMid": "x" * 65},
        candidate() | {"sdpMLineIndex": 70},
        candidate() | {"usernameFragment": ["x"]},
    ],
)
def test_a_candidate_that_is_none_is_refused(raw: Any) -> None:
    assert refusal_of(read_candidate, raw, direct=True) is MediaCode.MALFORMED


@given(raw=JSON, direct=st.booleans())
def test_whatever_comes_is_read_or_refused(raw: Any, direct: bool) -> None:
    for read in (read_description, read_candidate):
        with suppress(MediaRefused):
            read(raw, direct=direct)


@given(clients=st.lists(st.text(max_size=60), max_size=8))
def test_whatever_lines_come_no_address_passes(clients: list[str]) -> None:
    try:
        passed = read_description(described(*clients, f"a={HOST}"), direct=False)
    except MediaRefused:
        return
    raise AssertionError(passed)
