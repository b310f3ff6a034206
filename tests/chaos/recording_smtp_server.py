"""A minimal SMTP server that logs the recipient and time of each mail before it accepts it.

``python recording_smtp_server.py PORT LOG``. Fault runs compare its log with the ledger. It is so
cheap that benchmarks do not measure it.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import TextIO


class Mode:
    """``well``, ``refusing``, ``slow`` or ``dropping``: the content of a file beside the log."""

    now = "well"

    @classmethod
    async def follow(cls, file: Path) -> None:
        while True:
            cls.now = await asyncio.to_thread(read, file)
            await asyncio.sleep(0.1)


def read(file: Path) -> str:
    return file.read_text("ascii") if file.exists() else "well"


class Connection(asyncio.Protocol):
    """One connection."""

    def __init__(self, log: TextIO) -> None:
        self.log, self.rest, self.to, self.in_data = log, b"", "", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"421 away\r\n" if Mode.now == "refusing" else b"220 ready\r\n")

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while True:
            end = b"\r\n.\r\n" if self.in_data else b"\r\n"
            line, terminator, rest = self.rest.partition(end)
            if not terminator:
                return
            self.rest = rest
            was_data = self.in_data
            answer = self.answer(line)
            if was_data and Mode.now == "dropping":
                self.transport.abort()
                return
            if Mode.now == "slow":
                asyncio.get_running_loop().call_later(0.2, self.transport.write, answer)
                continue
            self.transport.write(answer)

    def answer(self, line: bytes) -> bytes:
        if self.in_data:
            self.in_data = False
            self.log.write(f"{self.to} {time.time():.3f}\n")
            self.log.flush()
            return b"250 accepted\r\n"
        verb = line[:4].upper()
        if verb == b"RCPT":
            if Mode.now == "refusing":
                return b"421 away\r\n"
            self.to = line.partition(b"<")[2].partition(b">")[0].decode()
        if verb == b"DATA":
            self.in_data = True
            return b"354 go ahead\r\n"
        return {b"EHLO": b"250-ready\r\n250 PIPELINING\r\n", b"QUIT": b"221 bye\r\n"}.get(
            verb, b"250 OK\r\n"
        )


async def main(port: int, log: Path) -> None:
    with log.open("a", encoding="ascii") as opened:
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(opened), "127.0.0.1", port
        )
        await asyncio.gather(server.serve_forever(), Mode.follow(log.with_suffix(".mode")))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
