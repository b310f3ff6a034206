from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from config.environment import FIELDS, BadSetting, Environment, allowed
from config.environment import read as read_process
from tests.support import server_process

ROWS = re.findall(
    r"(?m)^\| `(\w+)` \| (.+) \| (.+) \| (.+) \|$",
    (server_process.ROOT / "docs/reference/settings.md").read_text("utf-8"),
)
SECRETS = [
    "COMMONHOUR_SECRET_KEY",
    "COMMONHOUR_GATEWAY_SECRET",
    "COMMONHOUR_METRICS_TOKEN",
    "COMMONHOUR_SMS_URL",
    "COMMONHOUR_WEBHOOK_URL",
    "DATABASE_URL",
    "EMAIL_URL",
    "JANUS_SECRET",
    "REDIS_URL",
    "TURN_SECRET",
]
PRODUCTION = {
    "COMMONHOUR_MODE": "production",
    "COMMONHOUR_URL": "https://hour.example.org",
    "COMMONHOUR_SECRET_KEY": "k" * 50,
    "EMAIL_URL": "smtp+starttls://notices:p%40ss@mail.example.org",
}


def read(environ: dict[str, str], data_dir: Path) -> Environment:
    """Return the settings of a process with this environment and no other."""
    folder = {"COMMONHOUR_DATA_DIR": str(data_dir)}
    with mock.patch.dict(os.environ, folder | environ, clear=True):
        return read_process()


def test_nothing_set_is_a_development_start_on_this_machine_only(tmp_path: Path) -> None:
    environment = read({}, tmp_path)
    assert environment.mode == "development"
    assert environment.host == "127.0.0.1"
    assert environment.redis_url == ""
    assert environment.database_url.startswith("sqlite:///")


def test_the_first_start_makes_a_secret_and_the_second_keeps_it(tmp_path: Path) -> None:
    first = read({}, tmp_path).secret_key
    assert len(first) >= 50
    assert read({}, tmp_path).secret_key == first
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_production_reads_what_it_needs(tmp_path: Path) -> None:
    environment = read(PRODUCTION, tmp_path)
    assert (environment.email_url.host, environment.email_url.port) == ("mail.example.org", 587)
    assert environment.email_url.password == "p@ss"
    assert environment.mail_from == "Notices <notices@hour.example.org>"


def test_no_secret_shows_in_a_log(tmp_path: Path) -> None:
    shown = repr(read(PRODUCTION | {"REDIS_URL": "redis://:hidden@redis"}, tmp_path))
    assert "k" * 50 not in shown
    assert "p@ss" not in shown
    assert "hidden" not in shown


@pytest.mark.parametrize("missing", sorted(PRODUCTION.keys() - {"COMMONHOUR_MODE"}))
def test_production_does_not_start_without(missing: str, tmp_path: Path) -> None:
    environ = {name: value for name, value in PRODUCTION.items() if name != missing}
    with pytest.raises(BadSetting, match=missing):
        read(environ, tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("COMMONHOUR_MODE", "prod", "development, demo, production"),
        ("COMMONHOUR_MOOD", "calm", "no setting has this name"),
        ("COMMONHOUR_URL", "hour.example.org", "https://hour.example.org"),
        ("COMMONHOUR_SECRET_KEY", "short", "50 characters"),
        ("COMMONHOUR_LOG_LEVEL", "loud", "DEBUG, INFO"),
        ("COMMONHOUR_LEAVE_URL", "javascript:alert(1)", "www.example.org"),
        ("DATABASE_URL", "mysql://root@db/commonhour", "postgres://"),
        ("DATABASE_URL", "postgres://db", "postgres://"),
        ("DATABASE_URL", "postgres://db:port/commonhour", "postgres://"),
        ("DATABASE_URL", "postgres://db:65536/commonhour", "postgres://"),
        ("REDIS_URL", "localhost:6379", "redis://host"),
        ("COMMONHOUR_RATES", "email=0", "email=20"),
        ("COMMONHOUR_RATES", "email=inf", "email=20"),
        ("COMMONHOUR_RATES", "email", "email=20"),
        ("COMMONHOUR_RATES", "pigeon=1", "email=20"),
        ("COMMONHOUR_RESEND_UNCERTAIN", "pigeon", "email push sms webhook"),
        ("COMMONHOUR_SMS_URL", "sms.example.org", "https://gateway.example.org/send"),
        ("COMMONHOUR_PUSH_SERVICES", "push.example.org", "https://"),
        ("COMMONHOUR_METRICS_TOKEN", "short", "32 characters"),
        ("EMAIL_URL", "anymail://pigeon?api_key=1", "postmark"),
        ("EMAIL_URL", "anymail://postmark?webhook_secret=x", "with a colon"),
        ("EMAIL_URL", "mailto:someone@example.org", "smtp://"),
        ("EMAIL_URL", "smtp://mail.example.org:notaport", "smtp://"),
        ("TURN_URLS", "turn.example.org:3478", "turn:turn.example.org:3478"),
        ("TURN_URLS", "stun:stun.example.org:3478", "turn:turn.example.org:3478"),
        ("TURN_URLS", "turn:a.example.org,turn:b example", "turn:turn.example.org:3478"),
        ("COMMONHOUR_MEDIA", "zoom", "auto, none, mesh, janus"),
        ("COMMONHOUR_MEDIA", "mesh", "TURN_URLS"),
        ("COMMONHOUR_MEDIA", "janus", "JANUS_URL"),
        ("COMMONHOUR_DIRECT_CALLS", "true", "yes, no"),
        ("JANUS_URL", "http://janus:8088/janus", "ws://janus:8188"),
    ],
)
def test_a_malformed_value_stops_the_start_and_says_what_is_allowed(
    name: str, value: str, advice: str, tmp_path: Path
) -> None:
    with pytest.raises(BadSetting) as refusal:
        read({name: value}, tmp_path)
    assert name in str(refusal.value)
    assert advice in str(refusal.value)


@pytest.mark.parametrize(
    ("address", "key"),
    [("TURN_URLS=turn:turn.example.org", "TURN_SECRET"), ("JANUS_URL=ws://j:8188", "JANUS_SECRET")],
)
def test_a_media_server_is_not_used_without_a_long_secret(
    address: str, key: str, tmp_path: Path
) -> None:
    given = dict([address.split("=")])
    for secret in ({}, {key: "x" * 31}):
        with pytest.raises(BadSetting, match=key):
            read(given | secret, tmp_path)
    assert "x" * 32 not in repr(read(given | {key: "x" * 32}, tmp_path))


@pytest.mark.parametrize(
    ("mode", "direct", "other"), [("development", "no", "yes"), ("demo", "yes", "no")]
)
def test_only_a_demo_shows_addresses_without_being_told_to(
    mode: str, direct: str, other: str, tmp_path: Path
) -> None:
    environ = {"COMMONHOUR_MODE": mode}
    assert read(environ, tmp_path).direct_calls == direct
    said = environ | {"COMMONHOUR_DIRECT_CALLS": other}
    assert read(said, tmp_path).direct_calls == other


def test_relays_are_a_list(tmp_path: Path) -> None:
    urls = "turn:turn.example.org:3478?transport=udp, turns:turn.example.org:5349"
    environ = {"TURN_URLS": urls, "TURN_SECRET": "x" * 32}
    assert read(environ, tmp_path).turn_urls == (
        "turn:turn.example.org:3478?transport=udp",
        "turns:turn.example.org:5349",
    )


def test_a_provider_of_mail_brings_its_own_options(tmp_path: Path) -> None:
    url = "anymail://mailgun?api_key=k%2By&sender_domain=example.org&webhook_secret=us:them"
    mail = read({"EMAIL_URL": url}, tmp_path).email_url
    assert mail.backend == "anymail.backends.mailgun.EmailBackend"
    assert mail.options == {
        "MAILGUN_API_KEY": "k+y",
        "MAILGUN_SENDER_DOMAIN": "example.org",
        "WEBHOOK_SECRET": "us:them",
    }
    assert "k+y" not in repr(mail)


def test_words_are_read_into_what_they_mean(tmp_path: Path) -> None:
    environ = {
        "COMMONHOUR_RATES": "email=20 sms=0.5",
        "COMMONHOUR_RESEND_UNCERTAIN": "email  push",
        "COMMONHOUR_PUSH_SERVICES": "https://a.example.org/ https://b.example.org",
        "COMMONHOUR_WEBHOOK_URL": "https://hook.example.org/send/",
        "COMMONHOUR_GATEWAY_SECRET": "x" * 32,
    }
    environment = read(environ, tmp_path)
    assert environment.rates == {"email": 20.0, "sms": 0.5}
    assert environment.resend_uncertain == {"email", "push"}
    assert environment.push_services == ("https://a.example.org", "https://b.example.org")
    assert environment.gateways == {"webhook": "https://hook.example.org/send"}


def test_an_empty_value_counts_as_not_set(tmp_path: Path) -> None:
    assert read(dict.fromkeys(FIELDS.keys() - {"COMMONHOUR_DATA_DIR"}, ""), tmp_path) == read(
        {}, tmp_path
    )


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("COMMONHOUR_LOGLEVEL", "COMMONHOUR_LOG_LEVEL"),
        ("COMMONHOUR_DATABASE_URL", "DATABASE_URL"),
        ("COMMONHOUR_url", "COMMONHOUR_URL"),
    ],
)
@pytest.mark.parametrize("value", ["", "x"])
def test_an_unknown_name_is_refused_with_the_nearest_known_one(
    name: str, nearest: str, value: str, tmp_path: Path
) -> None:
    with pytest.raises(BadSetting, match=f"^{name}: .* the nearest is {nearest}\\."):
        read({name: value}, tmp_path)


def test_every_wrong_setting_has_its_own_line(tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as refusal:
        read({"COMMONHOUR_MODE": "prod", "COMMONHOUR_MOOD": "calm", "REDIS_URL": "r"}, tmp_path)
    names = [line.partition(":")[0] for line in str(refusal.value).splitlines()]
    assert names == [
        "COMMONHOUR_MODE",
        "REDIS_URL",
        "COMMONHOUR_MOOD",
        "See docs/reference/settings.md.",
    ]


def test_production_says_at_once_all_that_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as refusal:
        read({"COMMONHOUR_MODE": "production"}, tmp_path)
    assert all(name in str(refusal.value) for name in PRODUCTION.keys() - {"COMMONHOUR_MODE"})


@pytest.mark.parametrize(
    "value", ["hush", "x://user:hush@host", "smtp://u:hu/hush@h", "smtp://u:hush℀@h"]
)
@pytest.mark.parametrize("name", SECRETS)
def test_no_error_shows_the_value_of_a_secret(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=name) as refusal:
        read({name: value}, tmp_path)
    assert "hu" not in str(refusal.value).replace("COMMONHOUR", "")


def test_a_gateway_without_a_secret_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="COMMONHOUR_GATEWAY_SECRET"):
        read({"COMMONHOUR_SMS_URL": "http://127.0.0.1/send"}, tmp_path)


@pytest.mark.parametrize("name", ["SMS_URL", "WEBHOOK_URL", "PUSH_SERVICES"])
def test_messages_leave_production_only_encrypted(name: str, tmp_path: Path) -> None:
    plain = PRODUCTION | {f"COMMONHOUR_{name}": "http://post.example.org/send"}
    with pytest.raises(BadSetting, match=f"COMMONHOUR_{name}: production needs https"):
        read(plain, tmp_path)


def test_production_is_never_served_in_the_clear(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="https"):
        read(PRODUCTION | {"COMMONHOUR_URL": "http://hour.example.org"}, tmp_path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(BadSetting, match="cannot write"):
        read({"COMMONHOUR_DATA_DIR": str(blocked)}, tmp_path)


def test_the_documentation_has_each_setting_once_and_no_other() -> None:
    assert sorted(name for name, *_ in ROWS) == sorted(FIELDS)


@pytest.mark.parametrize(("name", "cell"), [(name, cell) for name, _, cell, _ in ROWS])
def test_the_documentation_says_what_is_allowed(name: str, cell: str) -> None:
    assert cell.replace("`", "") == allowed(name).removeprefix("values ")


def _is_shown(default: Any) -> bool:
    """Whether a default is a value that an operator could set: others are told in words."""
    return isinstance(default, str | Path) and bool(default)


@pytest.mark.parametrize(("name", "cell"), [(name, cell) for name, *_, cell in ROWS])
def test_the_documentation_says_the_default(name: str, cell: str) -> None:
    default = FIELDS[name].default
    shown = default.name if isinstance(default, Path) else default
    assert f"`{shown}`" in cell if _is_shown(default) else cell


@pytest.mark.parametrize(
    "words",
    [
        "manage.py check",
        "manage.py serve",
        "-m celery -A config worker",
        "-m celery -A config beat",
    ],
)
def test_every_program_stops_with_the_sentence_and_no_traceback(words: str, tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, *words.split()],
        cwd=server_process.ROOT,
        env=server_process.environment(tmp_path, COMMONHOUR_MODE="prod"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 1
    assert refused.stderr == (
        "COMMONHOUR_MODE: “prod” is not allowed; allowed: development, demo, production.\n"
        "See docs/reference/settings.md.\n"
    )
