"""As much of STUN and TURN (RFC 8489, RFC 8656) as it takes to ask a relay, and hear it refuse."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import socket
import struct
import zlib
from ipaddress import IPv4Address

BINDING, ALLOCATE, CREATE_PERMISSION = 0x0001, 0x0003, 0x0008
USERNAME, INTEGRITY, ERROR_CODE, PEER, REALM, NONCE = 0x0006, 0x0008, 0x0009, 0x0012, 0x0014, 0x0015
TRANSPORT, SOFTWARE, FINGERPRINT = 0x0019, 0x8022, 0x8028
COOKIE = 0x2112A442
UDP, TCP = 17, 6
OK = 200


class Asker:
    """One place asked of a relay over UDP, for peers with IPv4. Every answer is a code: 200, or why not."""

    def __init__(self, port: int, username: str, credential: str) -> None:
        self.username, self.credential = username, credential
        self.realm = self.nonce = b""
        self.seen: dict[int, bytes] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(5)
        self._socket.connect(("127.0.0.1", port))

    def close(self) -> None:
        self._socket.close()

    def bind(self) -> int:
        """Ask for one's own address, without a pass."""
        return self._ask(BINDING, [], is_signed=False)

    def allocate(self, transport: int = UDP) -> int:
        """Ask for a place: first for the nonce, then signed."""
        wanted = [(TRANSPORT, struct.pack("!Bxxx", transport))]
        if not self.nonce:
            self._ask(ALLOCATE, wanted, is_signed=False)
        return self._ask(ALLOCATE, wanted)

    def permit(self, peer: str) -> int:
        """Ask to reach a peer."""
        return self._ask(CREATE_PERMISSION, [(PEER, self._address(peer))])

    def _ask(
        self, method: int, attributes: list[tuple[int, bytes]], *, is_signed: bool = True
    ) -> int:
        self._transaction = secrets.token_bytes(12)
        if is_signed:
            attributes = [
                *attributes,
                (USERNAME, self.username.encode()),
                (REALM, self.realm),
                (NONCE, self.nonce),
            ]
        body = b"".join(_attribute(kind, value) for kind, value in attributes)
        if is_signed:
            key = hashlib.md5(  # noqa: S324 the protocol says so
                f"{self.username}:{self.realm.decode()}:{self.credential}".encode()
            ).digest()
            signed = self._header(method, len(body) + 24) + body
            body += _attribute(INTEGRITY, hmac.new(key, signed, hashlib.sha1).digest())
        whole = self._header(method, len(body) + 8) + body
        mark = struct.pack("!I", zlib.crc32(whole) ^ 0x5354554E)
        self._socket.send(whole + _attribute(FINGERPRINT, mark))
        return self._read(self._socket.recv(2048))

    def _header(self, method: int, length: int) -> bytes:
        return struct.pack("!HHI", method, length, COOKIE) + self._transaction

    def _read(self, answer: bytes) -> int:
        self.seen, at = {}, 20
        while at < len(answer):
            kind, length = struct.unpack_from("!HH", answer, at)
            self.seen[kind] = answer[at + 4 : at + 4 + length]
            at += 4 + length + -length % 4
        self.realm = self.seen.get(REALM, self.realm)
        self.nonce = self.seen.get(NONCE, self.nonce)
        if ERROR_CODE in self.seen:
            hundreds, rest = self.seen[ERROR_CODE][2:4]
            return (hundreds & 7) * 100 + rest
        return OK

    @staticmethod
    def _address(text: str) -> bytes:
        number = int(IPv4Address(text)) ^ COOKIE
        return struct.pack("!xBHI", 1, 9 ^ (COOKIE >> 16), number)


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)
