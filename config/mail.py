"""How mail leaves: through an SMTP server, or through a provider that anymail has a backend for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pkgutil import iter_modules
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from anymail import backends
from pydantic_core import PydanticCustomError

PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
EXAMPLES: Final = [
    *(f"{scheme}://user:password@host:{port}" for scheme, port in PORTS.items()),
    "anymail://postmark?server_token=…&webhook_secret=NAME:PASSWORD",
]
NO_PROVIDERS: Final = {"base", "base_requests", "console", "test"}
WEBHOOK_SECRET: Final = "webhook_secret"  # noqa: S105 - the option that no provider's name precedes


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


def parse_mail(url: str) -> Mail:
    """Parse ``smtp://…``, ``smtp+starttls://…``, ``smtps://…`` or ``anymail://PROVIDER?OPTION=…``.

    Raises:
        ValueError: the URL is none of these; the text may hold the password.
        PydanticCustomError: the provider or its webhook secret is wrong; the text says why.
    """
    parts = urlsplit(url)
    if parts.scheme == "anymail":
        return _provider(parts.netloc, dict(parse_qsl(parts.query)))
    port = parts.port or PORTS.get(parts.scheme)
    if parts.scheme not in PORTS or not port or not parts.hostname:
        raise ValueError
    return Mail(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp+starttls",
    )


def _provider(provider: str, given: dict[str, str]) -> Mail:
    known = {module.name for module in iter_modules(backends.__path__)} - NO_PROVIDERS
    if provider not in known:
        raise PydanticCustomError("refused", f"anymail's providers are {', '.join(sorted(known))}")
    if ":" not in given.get(WEBHOOK_SECRET, ":"):
        raise PydanticCustomError(
            "refused", "webhook_secret is NAME:PASSWORD, with a colon between"
        )
    options = {
        (name if name == WEBHOOK_SECRET else f"{provider}_{name}").upper(): value
        for name, value in given.items()
    }
    return Mail(provider=provider, options=options)
