"""What an operator may set, what it must look like, and what holds when it is not set."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from config.bad_setting import BadSetting
from config.delivery_settings import Posting, read_posting
from config.mail import Mail, read_mail

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "COMMONHOUR_"
MINIMUM_SECRET_LENGTH: Final = 50
MINIMUM_KEY_LENGTH: Final = 32


_Choice = TypeVar("_Choice", bound=StrEnum)


class Mode(StrEnum):
    """Where this process runs."""

    DEVELOPMENT = "development"
    DEMO = "demo"
    PRODUCTION = "production"


class LogLevel(StrEnum):
    """How much is written to standard error."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class Media(StrEnum):
    """How rooms may carry voices and pictures; ``AUTO`` takes the smallest that there is."""

    AUTO = "auto"
    NONE = "none"
    MESH = "mesh"
    JANUS = "janus"


class Answer(StrEnum):
    """A switch."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Servers:
    """Where voices and pictures go through: our relay (coturn), and our mixing point (Janus)."""

    turn_urls: tuple[str, ...] = ()
    turn_secret: str = field(default="", repr=False)
    janus_url: str = ""
    janus_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Environment:
    """Every setting, parsed. The environment variable of each field is in ``VARIABLES``."""

    mode: Mode
    url: str
    data_dir: Path
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    mail: Mail
    mail_from: str
    leave_url: str
    log_level: str
    servers: Servers
    posting: Posting
    media: Media
    direct_calls: bool

    @property
    def host(self) -> str:
        """Return the public host name, without port."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_one_process(self) -> bool:
        """Whether web, worker and clock share one process: the switch is ``REDIS_URL``."""
        return not self.redis_url


VARIABLES: Final[Mapping[str, str]] = {
    "COMMONHOUR_MODE": "mode",
    "COMMONHOUR_URL": "url",
    "COMMONHOUR_DATA_DIR": "data_dir",
    "COMMONHOUR_SECRET_KEY": "secret_key",
    "COMMONHOUR_MAIL_FROM": "mail_from",
    "COMMONHOUR_LEAVE_URL": "leave_url",
    "COMMONHOUR_LOG_LEVEL": "log_level",
    "COMMONHOUR_RATES": "posting",
    "COMMONHOUR_RESEND_UNCERTAIN": "posting",
    "COMMONHOUR_MEDIA": "media",
    "COMMONHOUR_DIRECT_CALLS": "direct_calls",
    "COMMONHOUR_PUSH_SERVICES": "posting",
    "COMMONHOUR_SMS_URL": "posting",
    "COMMONHOUR_WEBHOOK_URL": "posting",
    "COMMONHOUR_GATEWAY_SECRET": "posting",
    "COMMONHOUR_METRICS_TOKEN": "posting",
    "DATABASE_URL": "database_url",
    "REDIS_URL": "redis_url",
    "EMAIL_URL": "mail",
    "TURN_URLS": "servers",
    "TURN_SECRET": "servers",
    "JANUS_URL": "servers",
    "JANUS_SECRET": "servers",
}
# Read by the tests and the tools, never by the product.
TEST_VARIABLES: Final = frozenset({"COMMONHOUR_DATA"})


def read(environ: Mapping[str, str], *, base_dir: Path) -> Environment:
    """Parse the environment.

    Raises:
        BadSetting: a value is malformed, a name is unknown, or production lacks what it needs.
    """
    _refuse_unknown_names(environ)
    mode = _choice(environ, "COMMONHOUR_MODE", Mode, Mode.DEVELOPMENT)
    data_dir = Path(environ.get("COMMONHOUR_DATA_DIR") or base_dir / "var")
    url = _url(environ, mode)
    servers, direct_calls = _servers(environ), _direct_calls(environ, mode)
    return Environment(
        mode=mode,
        url=url,
        data_dir=data_dir,
        secret_key=_secret_key(environ, mode, data_dir),
        database_url=_database_url(environ, data_dir),
        redis_url=_redis_url(environ),
        mail=read_mail(environ, is_production=mode is Mode.PRODUCTION),
        mail_from=environ.get("COMMONHOUR_MAIL_FROM")
        or f"Notices <notices@{urlsplit(url).hostname}>",
        leave_url=_leave_url(environ),
        log_level=_choice(environ, "COMMONHOUR_LOG_LEVEL", LogLevel, LogLevel.WARNING).value,
        servers=servers,
        posting=read_posting(environ, is_production=mode is Mode.PRODUCTION),
        media=_media(environ, servers, direct_calls=direct_calls),
        direct_calls=direct_calls,
    )


def _refuse_unknown_names(environ: Mapping[str, str]) -> None:
    known = VARIABLES.keys() | TEST_VARIABLES
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            allowed = ", ".join(sorted(n for n in VARIABLES if n.startswith(PREFIX)))
            raise BadSetting(name, f"no setting has this name. There are: {allowed}.")


def _choice(
    environ: Mapping[str, str], name: str, choices: type[_Choice], default: _Choice
) -> _Choice:
    raw = environ.get(name) or default.value
    try:
        return choices(raw)
    except ValueError:
        allowed = ", ".join(choices)
        raise BadSetting(name, f"“{raw}” is not one of: {allowed}.") from None


def _url(environ: Mapping[str, str], mode: Mode) -> str:
    name = "COMMONHOUR_URL"
    raw = (environ.get(name) or "").rstrip("/")
    if not raw:
        if mode is Mode.PRODUCTION:
            raise BadSetting(
                name, "say the address people will type, such as https://hour.example.org."
            )
        raw = "http://127.0.0.1:8000"
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise BadSetting(name, f"“{raw}” is not an address such as https://hour.example.org.")
    if mode is Mode.PRODUCTION and parts.scheme != "https":
        raise BadSetting(name, "a production address starts with https://.")
    return raw


def _secret_key(environ: Mapping[str, str], mode: Mode, data_dir: Path) -> str:
    name = "COMMONHOUR_SECRET_KEY"
    if key := environ.get(name):
        if len(key) < MINIMUM_SECRET_LENGTH:
            raise BadSetting(name, f"at least {MINIMUM_SECRET_LENGTH} characters, please.")
        return key
    if mode is Mode.PRODUCTION:
        raise BadSetting(
            name, "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'."
        )
    return _kept_secret(data_dir / "secret-key")


def _kept_secret(path: Path) -> str:
    """Return the secret of this checkout; the first start makes it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(MINIMUM_SECRET_LENGTH), "utf-8")
        return path.read_text("utf-8")
    except OSError as error:
        raise BadSetting(
            "COMMONHOUR_DATA_DIR", f"cannot write to {path.parent} ({error.strerror})."
        ) from None


def _database_url(environ: Mapping[str, str], data_dir: Path) -> str:
    name = "DATABASE_URL"
    raw = environ.get(name) or f"sqlite:///{(data_dir / 'commonhour.sqlite3').resolve()}"
    parts = urlsplit(raw)
    if parts.scheme not in {"postgres", "postgresql", "sqlite"} or len(parts.path) <= 1:
        raise BadSetting(
            name, "allowed are postgres://user:password@host:5432/name and sqlite:////path/to/file."
        )
    return raw


def _redis_url(environ: Mapping[str, str]) -> str:
    name = "REDIS_URL"
    raw = environ.get(name) or ""
    if raw and (urlsplit(raw).scheme not in {"redis", "rediss"} or not urlsplit(raw).hostname):
        raise BadSetting(name, "allowed are redis://host:6379/0, rediss://… or nothing at all.")
    return raw


def _leave_url(environ: Mapping[str, str]) -> str:
    name = "COMMONHOUR_LEAVE_URL"
    raw = environ.get(name) or ""
    if raw and urlsplit(raw).scheme not in {"http", "https"}:
        raise BadSetting(name, "an address such as https://www.example.org, or nothing at all.")
    return raw


def _servers(environ: Mapping[str, str]) -> Servers:
    return Servers(
        turn_urls=(turn_urls := _turn_urls(environ)),
        turn_secret=_key(environ, "TURN_SECRET", of="TURN_URLS") if turn_urls else "",
        janus_url=(janus_url := _janus_url(environ)),
        janus_secret=_key(environ, "JANUS_SECRET", of="JANUS_URL") if janus_url else "",
    )


def _turn_urls(environ: Mapping[str, str]) -> tuple[str, ...]:
    name = "TURN_URLS"
    urls = tuple(url.strip() for url in (environ.get(name) or "").split(",") if url.strip())
    for url in urls:
        # stun: would tell a participant's browser its address, which it then shows to others.
        if not re.fullmatch(r"turns?:[\w.\-\[\]:]+(\?transport=(udp|tcp))?", url):
            raise BadSetting(
                name, f"“{url}” is not an address such as turn:turn.example.org:3478?transport=udp."
            )
    return urls


def _janus_url(environ: Mapping[str, str]) -> str:
    name = "JANUS_URL"
    raw = environ.get(name) or ""
    if raw and (urlsplit(raw).scheme not in {"ws", "wss"} or not urlsplit(raw).hostname):
        raise BadSetting(name, "an address such as ws://janus:8188, or nothing at all.")
    return raw


def _key(environ: Mapping[str, str], name: str, *, of: str) -> str:
    key = environ.get(name) or ""
    if len(key) < MINIMUM_KEY_LENGTH:
        raise BadSetting(
            name,
            f"{of} needs it: at least {MINIMUM_KEY_LENGTH} characters, the same as over there.",
        )
    return key


def _direct_calls(environ: Mapping[str, str], mode: Mode) -> bool:
    """Whether browsers may show each other their addresses: a demo never leaves its machine."""
    default = Answer.YES if mode is Mode.DEMO else Answer.NO
    return _choice(environ, "COMMONHOUR_DIRECT_CALLS", Answer, default) is Answer.YES


def _media(environ: Mapping[str, str], servers: Servers, *, direct_calls: bool) -> Media:
    name = "COMMONHOUR_MEDIA"
    media = _choice(environ, name, Media, Media.AUTO)
    if media is Media.MESH and not (servers.turn_urls or direct_calls):
        raise BadSetting(name, "mesh needs a relay (TURN_URLS), or COMMONHOUR_DIRECT_CALLS=yes.")
    if media is Media.JANUS and not servers.janus_url:
        raise BadSetting(name, "janus needs JANUS_URL.")
    return media
