"""A pass opens the relay for half an hour, and the relay leads nowhere but into this house."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from sessions.media.turn import CREDENTIALS_LIFETIME, TurnCredentials, issue_turn_credentials
from tests.support import media_servers, server_process
from tests.support.stun import OK, SOFTWARE, TCP, Asker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_django import Settings

NOW = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)


@pytest.fixture
def relayed(settings: Settings) -> None:
    settings.TURN_URLS = ("turn:turn.example.org:3478?transport=udp",)
    settings.TURN_SECRET = media_servers.SECRET


def a_pass(*, room_id: int = 7, who: str = "2", now: datetime = NOW) -> TurnCredentials:
    issued = issue_turn_credentials(room_id=room_id, who=who, now=now)
    assert issued is not None
    return issued


def test_without_a_relay_there_is_no_pass(settings: Settings) -> None:
    settings.TURN_URLS = ()
    assert issue_turn_credentials(room_id=7, who="2", now=NOW) is None


def test_a_pass_says_when_it_ends_and_nothing_about_the_person(relayed: None) -> None:
    username = a_pass(who="bo-from-copenhagen").username
    expiry, _, opaque = username.partition(":")
    assert datetime.fromtimestamp(int(expiry), UTC) == NOW + CREDENTIALS_LIFETIME
    assert re.fullmatch(r"[\w-]{22}", opaque)
    assert timedelta(minutes=30) >= CREDENTIALS_LIFETIME


def test_a_person_is_the_same_all_evening_and_another_in_the_next_room(relayed: None) -> None:
    def name(**given: object) -> str:
        return a_pass(**given).username.partition(":")[2]  # type: ignore[arg-type]

    assert name() == name(now=NOW + timedelta(minutes=20))
    assert len({name(), name(who="3"), name(room_id=8)}) == 3


def test_the_way_a_pass_is_signed_is_the_one_that_coturn_checks(settings: Settings) -> None:
    """Worked out with: printf '%s' USERNAME | openssl dgst -sha1 -hmac SECRET -binary | base64."""
    settings.TURN_URLS, settings.TURN_SECRET = ("turn:t",), "north"
    issued = a_pass()
    assert issued.username == "1795717800:UKOCCEv9k5KQm6xfZiiTPv"
    assert issued.credential == "0xkI0NCJU9Rqt4ffHqMCAaboa0w="


def test_no_address_of_another_house_is_asked_for_ours() -> None:
    """STUN servers of strangers would learn who meets here, and tell browsers what to show."""
    folders = (
        "config",
        "sessions",
        "scheduler",
        "notifications",
        "static/js",
        "templates",
        "deploy",
    )
    written = {
        path: path.read_text("utf-8", "ignore")
        for folder in folders
        for path in (server_process.ROOT / folder).rglob("*")
        if path.suffix in {".py", ".js", ".html", ".conf", ".jcfg"}
    }
    assert len(written) > 100
    assert [path for path, text in written.items() if re.search(r"stuns?:[\w\[]", text)] == []
    servers = re.compile(r"^\s*(stun_server|turn_server|turn_rest_api)\s*=", re.MULTILINE)
    assert [path for path, text in written.items() if servers.search(text)] == []


@pytest.fixture
def relay(tmp_path: Path, relayed: None) -> Iterator[media_servers.Program]:
    program = media_servers.turnserver(tmp_path)
    program.start()
    yield program
    program.stop()


@pytest.fixture
def ask(relay: media_servers.Program) -> Iterator[Callable[..., Asker]]:
    askers: list[Asker] = []

    def query(*, lived: timedelta = timedelta(), who: str = "2", credential: str = "") -> Asker:
        given = a_pass(who=who, now=datetime.now(UTC) - lived)
        askers.append(Asker(relay.port, given.username, credential or given.credential))
        return askers[-1]

    yield query
    for asker in askers:
        asker.close()


def test_a_pass_opens_the_relay(ask: Callable[..., Asker]) -> None:
    asker = ask()
    assert asker.allocate() == OK
    assert asker.permit("127.0.0.1") == OK
    assert asker.permit(media_servers.ADDRESS) == OK


def test_a_pass_is_refused_when_it_ran_out_or_was_made_up(ask: Callable[..., Asker]) -> None:
    # coturn's own clock moves on once in a while: a pass may live some seconds longer.
    assert ask(lived=CREDENTIALS_LIFETIME + timedelta(minutes=1)).allocate() == 401
    assert ask(credential="bWFkZSB1cA==").allocate() == 401


@pytest.mark.parametrize(
    "peer",
    [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "127.0.0.2",
        "0.0.0.0",  # noqa: S104 an address to refuse
        "93.184.216.34",
        "224.0.0.1",
        "255.255.255.255",
    ],
)
def test_the_relay_leads_nowhere_else(ask: Callable[..., Asker], peer: str) -> None:
    asker = ask()
    assert asker.allocate() == OK
    assert asker.permit(peer) == 403


def test_the_relay_opens_no_tcp_into_the_house(ask: Callable[..., Asker]) -> None:
    assert ask().allocate(TCP) == 442


def test_one_person_cannot_take_every_place(ask: Callable[..., Asker]) -> None:
    codes = [ask().allocate() for _ in range(26)]
    assert codes == [OK] * 24 + [486] * 2
    assert ask(who="3").allocate() == OK


def test_the_relay_answers_nobody_without_a_pass_and_does_not_name_itself(
    ask: Callable[..., Asker],
) -> None:
    asker = ask()
    assert asker.bind() == 401
    assert SOFTWARE not in asker.seen


def test_the_relay_writes_no_address_down(
    ask: Callable[..., Asker], relay: media_servers.Program
) -> None:
    assert ask().allocate() == OK
    relay.stop()
    written = [path for path in relay.folder.rglob("*") if b"user <" in path.read_bytes()]
    assert written == []
