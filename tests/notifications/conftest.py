"""A real mail server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings


@pytest.fixture
def smtp_server(settings: Settings) -> Iterator[SmtpServer]:
    """Run an SMTP server that stores what it accepts, and send all mail there."""
    with SmtpServer.open() as opened:
        settings.EMAIL_BACKEND = "notifications.transports.smtp.Connection"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", opened.port
        yield opened
