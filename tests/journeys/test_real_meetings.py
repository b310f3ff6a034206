"""The main job, end to end: a real list of meetings becomes groups, a calendar, mail and a room."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import icalendar
import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import expect

from tests.journeys.browsers import admit_all, chat_of, say
from tests.make import PASSWORD
from tests.readers.programs import READERS
from tests.support import server_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.data]

FILE: Final = "meetings/central-query-meetings-2026.json"
IMPORTED_AT: Final = datetime(2026, 5, 28, 12, 0, tzinfo=UTC)  # before the first start in the file
COPENHAGEN: Final = ZoneInfo("Europe/Copenhagen")
ICAL_JS: Final = next(reader for reader in READERS if reader.name == "ical.js")


class MailRecorder:
    """What a real SMTP server was given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        parser = BytesParser(policy=policy.default)
        self.mails.append(parser.parsebytes(envelope.original_content or b""))
        return "250 kept"

    def texts_with(self, words: str) -> list[str]:
        """Return the plain text of each mail that says this."""
        bodies = (mail.get_body(("plain",)) for mail in list(self.mails))
        texts = (body.get_content() for body in bodies if body is not None)
        return [text for text in texts if words in text]


@pytest.fixture
def mail_recorder() -> Iterator[MailRecorder]:
    kept = MailRecorder()
    controller = Controller(kept, hostname="127.0.0.1", port=server_process.free_port())
    controller.start()
    kept.url = f"smtp://127.0.0.1:{controller.port}"  # type: ignore[attr-defined]
    yield kept
    controller.stop()


def _starts_in(file: Path) -> list[datetime]:
    """Return the instants that somebody else's code computed for every row with a zone."""
    rows = json.loads(file.read_text("utf-8"))
    stamps = [row["startDateUTC"]["$date"] for row in rows if row.get("startDateUTC")]
    return sorted(datetime.fromisoformat(stamp) for stamp in stamps)


def test_a_real_list_becomes_groups_a_calendar_reminders_and_a_room(
    shared_data: Path, tmp_path: Path, mail_recorder: MailRecorder, chromium: Browser
) -> None:
    ICAL_JS.require()
    env = server_process.environment(tmp_path, EMAIL_URL=mail_recorder.url)  # type: ignore[attr-defined]
    starts = _starts_in(shared_data / FILE)
    assert len(starts) == 149
    address = _import_and_belong(env, shared_data / FILE)
    soon = next(start for start in starts if start > IMPORTED_AT + timedelta(days=2))
    with server_process.serve(env, at=soon - timedelta(minutes=10)) as server:
        _the_calendar_says_what_the_file_says(server, address, starts, tmp_path)
        door = _the_reminder_comes_once(mail_recorder, server, soon)
        _two_people_meet(chromium, server, door)


def _import_and_belong(env: dict[str, str], file: Path) -> str:
    """Return the address of Bo's calendar, once he belongs to every imported group."""
    _run("migrate", "-v", "0", env=env)
    _run("shell", "-v", "0", "-c", "import tests.journeys.create_accounts", env=env)
    first, again = (
        _run("import_meetings", str(file), "--organisation", "Open Lists", env=env)
        for _ in range(2)
    )
    assert "149 made" in first
    assert "11 not schedulable" in first
    assert "149 unchanged" in again
    return _run("shell", "-v", "0", "-c", "import tests.journeys.join_imported_groups", env=env)


def _run(*words: str, env: dict[str, str]) -> str:
    done = server_process.manage(*words, env=env, at=IMPORTED_AT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _the_calendar_says_what_the_file_says(
    server: server_process.Server, address: str, starts: list[datetime], folder: Path
) -> None:
    status, body = server.get(address)
    assert status == 200
    ours = [event.start for event in icalendar.Calendar.from_ical(body).walk("VEVENT")]
    assert set(starts) <= set(ours)
    window = min(starts), max(starts) + timedelta(seconds=1)
    seen = [session.start for session in ICAL_JS.sessions(body.encode(), folder, *window)]
    inside = [start for start in ours if window[0] <= start < window[1]]
    assert sorted(seen) == sorted(f"{start:%Y-%m-%dT%H:%M:%SZ}" for start in inside)


def _the_reminder_comes_once(
    mail_recorder: MailRecorder, server: server_process.Server, start: datetime
) -> str:
    """Return the address of the door to which the reminder of this session leads."""
    clock = start.astimezone(COPENHAGEN).strftime("%H:%M")
    deadline = time.monotonic() + 60
    while not mail_recorder.texts_with(clock):
        assert time.monotonic() < deadline, "no reminder came"
        time.sleep(0.2)
    _a_whole_tick_passes(server)  # nothing may come again
    ids = [mail["Message-ID"] for mail in mail_recorder.mails]
    assert len(ids) == len(set(ids))
    text = mail_recorder.texts_with(clock)[0]
    link = next(word for word in text.split() if word.startswith(f"{server.url}/s/"))
    return link.removeprefix(server.url)


def _a_whole_tick_passes(server: server_process.Server) -> None:
    """Wait for the end of the second tick from now: the first may have begun before."""
    deadline, ended, before = time.monotonic() + 60, 0, 0.0
    while ended < 2:
        assert time.monotonic() < deadline, "the ticks stopped"
        age = server.wait_until_ready()["checks"]["tick"]["age_seconds"]
        ended += age < before
        before = age
        time.sleep(0.1)


def _two_people_meet(chromium: Browser, server: server_process.Server, door: str) -> None:
    amina, bo = (
        _wait_for_join_page(chromium, server, username, door) for username in ("amina", "bo")
    )
    admit_all(amina)
    say(bo, "Good evening from Copenhagen")
    expect(chat_of(amina)).to_contain_text("Good evening from Copenhagen")
    say(amina, "Welcome")
    expect(chat_of(bo)).to_contain_text("Welcome")


def _wait_for_join_page(
    chromium: Browser, server: server_process.Server, username: str, door: str
) -> Page:
    """Follow the link of the mail in a fresh browser: the door asks who is there."""
    page = chromium.new_context().new_page()
    page.goto(f"{server.url}{door}")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    agreement = page.get_by_label("I keep what I hear to myself", exact=False)
    connection = page.locator("[data-connection]")
    expect(agreement.or_(connection)).to_be_visible()
    if agreement.is_visible():  # once, before somebody first enters
        agreement.check()
        page.get_by_role("button", name="Join now").click()
    expect(page.locator("[data-connection]")).to_have_text("You are connected.")
    return page
