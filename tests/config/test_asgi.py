from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from websockets.sync.client import ClientConnection


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[server_process.Server]:
    with server_process.serve(
        server_process.environment(tmp_path_factory.mktemp("data"))
    ) as running:
        yield running


def connect_websocket(
    server: server_process.Server, path: str = "/ws/room/", origin: str = ""
) -> ClientConnection:
    url = server.url.replace("http", "ws", 1) + path
    return connect(url, origin=origin or server.url, open_timeout=server_process.ANSWER_SECONDS)  # type: ignore[arg-type]


def test_our_own_page_gets_a_line(server: server_process.Server) -> None:
    with connect_websocket(server) as socket:
        socket.send("{}")
        assert socket.recv(timeout=server_process.ANSWER_SECONDS)


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "http://127.0.0.1:1", "null", "http://[::1", "x:99999"]
)
def test_the_page_of_another_site_gets_none(server: server_process.Server, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect_websocket(server, origin=origin)
    assert refused.value.response.status_code == 403


def test_an_address_without_a_room_is_refused(server: server_process.Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect_websocket(server, path="/ws/elsewhere/")
    assert refused.value.response.status_code == 403


def test_a_frame_over_64_kib_ends_the_line_and_no_other(server: server_process.Server) -> None:
    with connect_websocket(server) as neighbour, connect_websocket(server) as socket:
        socket.send("x" * (64 * 1024 + 1))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=server_process.ANSWER_SECONDS)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1009
        neighbour.send("{}")
        assert neighbour.recv(timeout=server_process.ANSWER_SECONDS)


def test_a_stop_tells_open_lines_that_the_service_restarts(tmp_path: Path) -> None:
    with (
        server_process.serve(server_process.environment(tmp_path)) as server,
        connect_websocket(server) as socket,
    ):
        code, seconds, output = server.stop(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=server_process.ANSWER_SECONDS)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1012
    assert code == 0
    assert seconds < 5
    assert "Traceback" not in output


def test_what_strangers_send_leaves_no_traceback(tmp_path: Path) -> None:
    with server_process.serve(server_process.environment(tmp_path)) as server:
        for path, origin in [("/ws/elsewhere/", ""), ("/ws/room/", "http://[::1")]:
            with pytest.raises(InvalidStatus):
                connect_websocket(server, path=path, origin=origin)
        with connect_websocket(server) as socket:
            socket.send(b"\xff\x00")
        _, _, output = server.stop()
    assert "Traceback" not in output
