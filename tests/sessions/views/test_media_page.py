"""What the room's page may do with a microphone and a camera, and what no page may."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from django.test import Client

if TYPE_CHECKING:
    from tests.support.ws_client import LiveSession

ROOT: Final = Path(__file__).parents[3]
KEEPS: Final = re.compile(
    r"MediaRecorder|captureStream|getDisplayMedia|requestPictureInPicture|\.toBlob|toDataURL"
    r"|ImageCapture|record_dir|\brec_dir\b|SpeechRecognition",
)
LONGEST_MODULE: Final = 100  # lines; the aim is 80


@pytest.fixture
def browser(live_session: LiveSession) -> Client:
    client = Client()
    client.force_login(live_session.person("bo"))
    return client


def policy(client: Client, path: str) -> dict[str, str]:
    header = client.get(path).headers["Permissions-Policy"]
    return dict(part.strip().split("=", 1) for part in header.split(","))


def test_microphone_and_camera_are_for_the_rooms_own_address_alone(
    live_session: LiveSession, browser: Client
) -> None:
    door = f"/s/{live_session.occurrence.key}/"
    room = policy(browser, f"{door}room/")
    assert (room["microphone"], room["camera"]) == ("(self)", "(self)")
    assert room["display-capture"] == "()"
    for path in (door, "/", "/mine/", f"{door}ticket/", "/help/"):
        elsewhere = policy(browser, path)
        assert (elsewhere["microphone"], elsewhere["camera"]) == ("()", "()"), path


def test_the_room_runs_no_code_but_ours(live_session: LiveSession, browser: Client) -> None:
    answer = browser.get(f"/s/{live_session.occurrence.key}/room/")
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"] + ";"
    assert "connect-src 'self';" in answer.headers["Content-Security-Policy"] + ";"


def test_nothing_that_could_record_is_there() -> None:
    code = [
        file
        for folder in ("static", "templates", "sessions", "deploy")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".js", ".html", ".py", ".jcfg", ".conf"}
    ]
    assert len(code) > 80
    assert [file.name for file in code if KEEPS.search(file.read_text("utf-8"))] == []


def test_modules_of_the_room_are_short() -> None:
    long = {
        file.name: count
        for folder in ("media", "room")
        for file in (ROOT / "static/js" / folder).rglob("*.js")
        if (count := len(file.read_text("utf-8").splitlines())) > LONGEST_MODULE
    }
    assert long == {}
