"""The environment variables an operator may set; docs/reference/settings.md describes each of them.

Only ``config.settings`` imports this module.
"""

from __future__ import annotations

import secrets
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasGenerator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from config.mail import EXAMPLES, Mail, parse_mail

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails
    from pydantic_settings import PydanticBaseSettingsSource

PREFIX: Final = "COMMONHOUR_"
# Their variables have the names that other products use too, without our prefix.
SERVICES: Final = ("database_", "redis_", "email_", "turn_", "janus_")
# Read by tests and tools, never by the product.
TEST_VARIABLES: Final = frozenset({"COMMONHOUR_DATA"})
DATA_DIR: Final = Path(__file__).resolve().parent.parent / "var"

# Patterns are those of Rust: no look-around.
USER: Final = r"([^\s/?#]*@)?"
PORT: Final = "[1-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
HOST: Final = rf"(\[[0-9a-fA-F:.]+\]|[^\s/?#@:\[\]]+)(:({PORT}))?"
DATABASE: Final = rf"(sqlite://|postgres(ql)?://{USER}({HOST})?)/[^?#\s].*"
ENDPOINT: Final = rf"https?://{USER}{HOST}(/[^\s?#]*)?"
# stun: would show participants' browsers their own addresses, which they then show to others.
TURN: Final = r"turns?:[\w.\-\[\]:]+(\?transport=(udp|tcp))?"


def text(pattern: str, *examples: str) -> Any:
    """Return the constraint of a text that matches ``pattern`` as a whole."""
    return Field(pattern=f"^({pattern})$", examples=list(examples))


def variable(field: str) -> str:
    """Return the name of the environment variable of a field."""
    return ("" if field.startswith(SERVICES) else PREFIX) + field.upper()


class BadSetting(SystemExit):
    """Stops the start. A line of the text says what is wrong with a setting and what is allowed."""

    def __init__(self, wrong: dict[str, str]) -> None:
        lines = [f"{name}: {why}." for name, why in wrong.items()]
        super().__init__("\n".join([*lines, "See docs/reference/settings.md."]))


def _kept_secret(data: dict[str, Any]) -> str:
    """Return the secret of the data folder, which the first start makes; none in production.

    Raises:
        BadSetting: the folder cannot be written.
    """
    if data["mode"] == "production":
        return ""
    path: Path = data["data_dir"] / "secret-key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(50), "utf-8")
        return path.read_text("utf-8")
    except OSError as error:
        why = f"cannot write to {path.parent} ({error.strerror})"
        raise BadSetting({"COMMONHOUR_DATA_DIR": why}) from None


def _sqlite_url(data: dict[str, Any]) -> str:
    return f"sqlite:///{data['data_dir'].resolve()}/commonhour.sqlite3"


NoSlash = BeforeValidator(lambda url: url.rstrip("/"))
Words = BeforeValidator(lambda words: words.split())
Pairs = BeforeValidator(lambda words: dict(word.split("=", 1) for word in words.split()))
Commas = BeforeValidator(lambda list_: [item.strip() for item in list_.split(",") if item.strip()])
Hidden = Field(repr=False)  # the value may hold a secret: no log and no error shows it

Secret = Annotated[str, Field(min_length=32), Hidden]
Origin = Annotated[str, NoSlash, text(f"https?://{HOST}", "https://hour.example.org")]
Page = Annotated[str, text(rf"https?://{HOST}([/?#]\S*)?", "https://www.example.org")]
Contact = Annotated[
    str,
    text(
        rf"https?://{HOST}([/?#]\S*)?|[^\s@/]+@[^\s@/]+",
        "hello@example.org",
        "https://example.org/contact",
    ),
]
Gateway = Annotated[str, NoSlash, text(ENDPOINT, "https://gateway.example.org/send"), Hidden]
PushService = Annotated[str, NoSlash, text(ENDPOINT)]
TurnUrl = Annotated[str, text(TURN)]
JanusUrl = Annotated[str, text(rf"wss?://{HOST}([/?]\S*)?", "ws://janus:8188")]
RedisUrl = Annotated[str, text(rf"rediss?://{USER}{HOST}([/?]\S*)?", "redis://host:6379/0"), Hidden]
DatabaseUrl = Annotated[
    str,
    text(DATABASE, "postgres://user:password@host:5432/name", "sqlite:////path/to/file"),
    Hidden,
]
Transport = Literal["email", "push", "sms", "webhook"]
Rate = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Source(EnvSettingsSource):
    """The environment without empty values, and with the unknown names of our prefix."""

    def __call__(self) -> dict[str, Any]:
        unknown = {name for name in self.env_vars if name.startswith(PREFIX)}
        unknown -= FIELDS.keys() | TEST_VARIABLES
        given = {name: value for name, value in super().__call__().items() if value}
        return given | dict.fromkeys(sorted(unknown))


class Environment(BaseSettings):
    """Every setting, checked. An empty variable counts as not set."""

    model_config = SettingsConfigDict(
        alias_generator=AliasGenerator(validation_alias=variable),
        case_sensitive=True,
        enable_decoding=False,
        extra="forbid",
        frozen=True,
        validate_default=False,
    )

    mode: Literal["development", "demo", "production"] = "development"
    url: Origin = "http://127.0.0.1:8000"
    data_dir: Path = Field(default=DATA_DIR, examples=["/var/lib/commonhour"])
    secret_key: str = Field(default_factory=_kept_secret, min_length=50, repr=False)
    database_url: DatabaseUrl = Field(default_factory=_sqlite_url)
    redis_url: RedisUrl = ""
    leave_url: Page = ""
    operator_name: str = Field(default="", max_length=120, examples=["Harbour House, a charity"])
    operator_contact: Contact = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"
    metrics_token: Secret = ""

    email_url: Annotated[Mail, BeforeValidator(parse_mail), Hidden] = Field(
        default=Mail(), examples=EXAMPLES
    )
    mail_from: str = Field(
        default_factory=lambda data: f"Notices <notices@{urlsplit(data['url']).hostname}>",
        examples=["Notices <notices@hour.example.org>"],
    )
    rates: Annotated[dict[Transport, Rate], Pairs] = Field(
        default={}, examples=["email=20 sms=0.5"]
    )
    resend_uncertain: Annotated[frozenset[Transport], Words] = Field(
        default=frozenset(), examples=["email push sms webhook"]
    )
    sms_url: Gateway = ""
    webhook_url: Gateway = ""
    gateway_secret: Secret = ""
    push_services: Annotated[tuple[PushService, ...], Words] = Field(
        default=(), examples=["https://push.example.org"]
    )

    direct_calls: Literal["yes", "no"] = Field(
        default_factory=lambda data: "yes" if data["mode"] == "demo" else "no"
    )
    turn_urls: Annotated[tuple[TurnUrl, ...], Commas] = Field(
        default=(), examples=["turn:turn.example.org:3478?transport=udp"]
    )
    turn_secret: Secret = ""
    janus_url: JanusUrl = ""
    janus_secret: Secret = ""
    media: Literal["auto", "none", "mesh", "janus"] = "auto"

    @classmethod
    def settings_customise_sources(
        cls, *_args: Any, **_sources: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment, and no file."""
        return (_Source(cls),)

    @property
    def host(self) -> str:
        """Return the public host name, without port."""
        return urlsplit(self.url).hostname or ""

    @property
    def gateways(self) -> dict[str, str]:
        """Return the address of each transport that leaves by HTTP."""
        urls = {"sms": self.sms_url, "webhook": self.webhook_url}
        return {transport: url for transport, url in urls.items() if url}

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """Refuse what another setting makes necessary or impossible.

        Raises:
            BadSetting: a setting is missing, or two contradict each other.
        """
        is_production = self.mode == "production"
        calls = self.turn_urls or self.direct_calls == "yes"
        key = "production needs it: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        mesh = "mesh needs TURN_URLS or COMMONHOUR_DIRECT_CALLS=yes"

        def is_clear(*urls: str) -> bool:
            return is_production and any(url.startswith("http:") for url in urls)

        conflicts = [
            ("url", is_clear(self.url), "production needs https://"),
            ("sms_url", is_clear(self.sms_url), "production needs https://"),
            ("webhook_url", is_clear(self.webhook_url), "production needs https://"),
            ("push_services", is_clear(*self.push_services), "production needs https://"),
            ("secret_key", not self.secret_key, key),
            ("email_url", is_production and self.email_url == Mail(), "production needs it"),
            ("gateway_secret", self.gateways and not self.gateway_secret, "a gateway needs it"),
            ("turn_secret", self.turn_urls and not self.turn_secret, "TURN_URLS needs it"),
            ("janus_secret", self.janus_url and not self.janus_secret, "JANUS_URL needs it"),
            ("media", self.media == "janus" and not self.janus_url, "janus needs JANUS_URL"),
            ("media", self.media == "mesh" and not calls, mesh),
        ]
        wrong = {variable(field): why for field, is_wrong, why in conflicts if is_wrong}
        if wrong:
            raise BadSetting(
                {name: f"{why}; allowed: {allowed(name)}" for name, why in wrong.items()}
            )
        return self


FIELDS: Final = {variable(name): field for name, field in Environment.model_fields.items()}


def read() -> Environment:
    """Return the checked settings of this process.

    Raises:
        BadSetting: a value is not allowed, a name is unknown, or one that is needed is not set.
    """
    try:
        return Environment()
    except ValidationError as errors:
        # A default that would be derived from a wrong value is no error of its own.
        wrong = [
            error for error in errors.errors() if error["type"] != "default_factory_not_called"
        ]
        raise BadSetting({str(error["loc"][0]): _why(error) for error in wrong}) from None


def _why(error: ErrorDetails) -> str:
    """Return what is wrong with a setting and what is allowed, without the value of a secret."""
    name = str(error["loc"][0])
    if name not in FIELDS:
        short = {known.removeprefix(PREFIX): known for known in FIELDS}
        (nearest,) = get_close_matches(name.removeprefix(PREFIX).upper(), short, n=1, cutoff=0)
        return f"no setting has this name; the nearest is {short[nearest]}"
    why = "the value is not allowed"
    if error["type"] == "refused":
        why = error["msg"]
    elif FIELDS[name].repr and isinstance(error["input"], str):
        why = f"“{error['input']}” is not allowed"
    return f"{why}; allowed: {allowed(name)}"


def allowed(name: str) -> str:
    """Return what a setting may be: all values, examples, or the least length."""
    schema = Environment.model_json_schema()["properties"][name]
    if "enum" in schema:
        return ", ".join(schema["enum"])
    if "examples" in schema:
        return f"values such as {', '.join(schema['examples'])}"
    return f"at least {schema['minLength']} characters"
