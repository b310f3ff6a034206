from __future__ import annotations

from pathlib import Path

import pytest

from config.bad_setting import BadSetting
from config.environment import VARIABLES, Mode, read

PRODUCTION = {
    "COMMONHOUR_MODE": "production",
    "COMMONHOUR_URL": "https://hour.example.org",
    "COMMONHOUR_SECRET_KEY": "k" * 50,
    "EMAIL_URL": "smtp+starttls://notices:p%40ss@mail.example.org",
}


def test_nothing_set_is_a_development_start_on_this_machine_only(tmp_path: Path) -> None:
    environment = read({}, base_dir=tmp_path)
    assert environment.mode is Mode.DEVELOPMENT
    assert environment.host == "127.0.0.1"
    assert environment.is_one_process
    assert environment.database_url.startswith("sqlite:///")


def test_the_first_start_makes_a_secret_and_the_second_keeps_it(tmp_path: Path) -> None:
    first = read({}, base_dir=tmp_path).secret_key
    assert len(first) >= 50
    assert read({}, base_dir=tmp_path).secret_key == first
    assert (tmp_path / "var/secret-key").stat().st_mode & 0o077 == 0


def test_production_reads_what_it_needs(tmp_path: Path) -> None:
    environment = read(PRODUCTION, base_dir=tmp_path)
    assert (environment.mail.host, environment.mail.port) == ("mail.example.org", 587)
    assert environment.mail.password == "p@ss"
    assert environment.mail_from == "Notices <notices@hour.example.org>"


def test_no_secret_shows_in_a_log(tmp_path: Path) -> None:
    shown = repr(read(PRODUCTION | {"REDIS_URL": "redis://:hidden@redis"}, base_dir=tmp_path))
    assert "k" * 50 not in shown
    assert "p@ss" not in shown
    assert "hidden" not in shown


@pytest.mark.parametrize("missing", sorted(PRODUCTION.keys() - {"COMMONHOUR_MODE"}))
def test_production_does_not_start_without(missing: str, tmp_path: Path) -> None:
    environ = {name: value for name, value in PRODUCTION.items() if name != missing}
    with pytest.raises(BadSetting, match=missing):
        read(environ, base_dir=tmp_path)


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
        ("REDIS_URL", "localhost:6379", "redis://host"),
        ("COMMONHOUR_RATES", "email=0", "email=20"),
        ("COMMONHOUR_RATES", "pigeon=1", "email=20"),
        ("COMMONHOUR_RESEND_UNCERTAIN", "pigeon", "email push sms webhook"),
        ("COMMONHOUR_SMS_URL", "sms.example.org", "https://sms.example.org"),
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
        read({name: value}, base_dir=tmp_path)
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
            read(given | secret, base_dir=tmp_path)
    servers = read(given | {key: "x" * 32}, base_dir=tmp_path).servers
    assert "x" * 32 not in repr(servers)


@pytest.mark.parametrize(("mode", "direct"), [("development", False), ("demo", True)])
def test_only_a_demo_shows_addresses_without_being_told_to(
    mode: str, direct: bool, tmp_path: Path
) -> None:
    environ = {"COMMONHOUR_MODE": mode}
    assert read(environ, base_dir=tmp_path).direct_calls is direct
    said = environ | {"COMMONHOUR_DIRECT_CALLS": "no" if direct else "yes"}
    assert read(said, base_dir=tmp_path).direct_calls is not direct


def test_relays_are_a_list(tmp_path: Path) -> None:
    urls = "turn:turn.example.org:3478?transport=udp, turns:turn.example.org:5349"
    environ = {"TURN_URLS": urls, "TURN_SECRET": "x" * 32}
    assert read(environ, base_dir=tmp_path).servers.turn_urls == (
        "turn:turn.example.org:3478?transport=udp",
        "turns:turn.example.org:5349",
    )


def test_a_provider_of_mail_brings_its_own_options(tmp_path: Path) -> None:
    url = "anymail://mailgun?api_key=k%2By&sender_domain=example.org&webhook_secret=us:them"
    mail = read({"EMAIL_URL": url}, base_dir=tmp_path).mail
    assert mail.backend == "anymail.backends.mailgun.EmailBackend"
    assert mail.options == {
        "MAILGUN_API_KEY": "k+y",
        "MAILGUN_SENDER_DOMAIN": "example.org",
        "WEBHOOK_SECRET": "us:them",
    }
    assert "k+y" not in repr(mail)


def test_a_gateway_without_a_secret_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="COMMONHOUR_GATEWAY_SECRET"):
        read({"COMMONHOUR_SMS_URL": "http://127.0.0.1/send"}, base_dir=tmp_path)


def test_messages_leave_production_only_encrypted(tmp_path: Path) -> None:
    plain = PRODUCTION | {"COMMONHOUR_SMS_URL": "http://sms.example.org/send"}
    with pytest.raises(BadSetting, match="https"):
        read(plain, base_dir=tmp_path)


def test_production_is_never_served_in_the_clear(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="https"):
        read(PRODUCTION | {"COMMONHOUR_URL": "http://hour.example.org"}, base_dir=tmp_path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(BadSetting, match="cannot write"):
        read({"COMMONHOUR_DATA_DIR": str(blocked)}, base_dir=tmp_path)


def test_every_setting_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs/settings.md").read_text("utf-8")
    assert [name for name in VARIABLES if f"`{name}`" not in page] == []
