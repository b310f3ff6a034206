"""How mail leaves: by SMTP, or through the interface of a provider that anymail knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from anymail import backends

from config.bad_setting import BadSetting

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME: Final = "EMAIL_URL"
PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
NO_PROVIDERS: Final = {"base", "base_requests", "console", "test"}
WEBHOOK_SECRET: Final = "webhook_secret"  # noqa: S105 - the name of a setting
SHARED: Final = {WEBHOOK_SECRET}  # by anymail among all providers: no provider's name before it


@dataclass(frozen=True, slots=True)
class Mail:
    """A server or a provider, and how to speak to it; without either, mails become files."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    starttls: bool = False
    provider: str = ""
    options: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def backend(self) -> str:
        """Return the Django backend that sends."""
        if self.provider:
            return f"anymail.backends.{self.provider}.EmailBackend"
        if self.host:
            return "notifications.transports.smtp.Connection"
        return "django.core.mail.backends.filebased.EmailBackend"


def read_mail(environ: Mapping[str, str], *, is_production: bool) -> Mail:
    """Parse ``EMAIL_URL``.

    Raises:
        BadSetting: it is malformed, or production has none.
    """
    raw = environ.get(NAME) or ""
    if not raw and is_production:
        raise BadSetting(
            NAME, "say where mail goes, such as smtp+starttls://user:password@host:587."
        )
    if not raw:
        return Mail()
    return _provider(raw) if raw.startswith("anymail://") else _server(raw)


def _server(raw: str) -> Mail:
    parts = urlsplit(raw)
    try:
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        port = 0
    if not port or not parts.hostname:
        allowed = ", ".join(f"{scheme}://user:password@host:port" for scheme in sorted(PORTS))
        raise BadSetting(NAME, f"allowed are {allowed} and anymail://provider?api_key=….")
    return Mail(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp+starttls",
    )


def _provider(raw: str) -> Mail:
    """Read ``anymail://postmark?server_token=…&webhook_secret=user:password``."""
    parts = urlsplit(raw)
    known = {module.name for module in iter_modules(backends.__path__)} - NO_PROVIDERS
    if parts.netloc not in known:
        raise BadSetting(NAME, f"anymail knows {', '.join(sorted(known))}, not “{parts.netloc}”.")
    given = dict(parse_qsl(parts.query))
    if ":" not in given.get(WEBHOOK_SECRET, ":"):
        raise BadSetting(NAME, "webhook_secret is a name and a password with a colon between.")
    options = {
        (name if name in SHARED else f"{parts.netloc}_{name}").upper(): value
        for name, value in given.items()
    }
    return Mail(provider=parts.netloc, options=options)
