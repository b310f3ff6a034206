"""The page of a demonstration that shows every e-mail it would have sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

PER_PAGE: Final = 20
# Django's file backend writes this after each message, and begins a file for each connection.
SEPARATOR: Final = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True, slots=True)
class Mail:
    """One message in plain text; ``sent_at`` is UTC."""

    subject: str
    to: str
    sent_at: datetime
    text: str


def sent_mail(request: HttpRequest) -> HttpResponse:
    """List the messages, newest first; 404 outside a demonstration."""
    if not settings.IS_DEMO:
        raise Http404
    pages = Paginator(read_mails(Path(settings.EMAIL_FILE_PATH)), PER_PAGE)
    return render(
        request, "config/sent_mail.html", {"page": pages.get_page(request.GET.get("page"))}
    )


def read_mails(folder: Path) -> list[Mail]:
    """Return the messages that Django's file backend left in a folder, newest first."""
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
    written = [mail for file in files for mail in _mails(file.read_bytes())]
    written.sort(key=lambda mail: mail.sent_at)
    return written[::-1]


def _mails(raw: bytes) -> Iterator[Mail]:
    """Yield the messages of one file; what follows the last separator is still being written."""
    for part in raw.split(SEPARATOR)[:-1]:
        message = message_from_bytes(part, policy=policy.default)
        if message["Date"] is None:
            continue  # a message that itself holds a line of dashes: the rest of it
        body = message.get_body(("plain",))
        yield Mail(
            subject=message["Subject"],
            to=message["To"],
            sent_at=message["Date"].datetime.replace(tzinfo=UTC),  # Django writes UTC as -0000
            text=body.get_content() if body else "",
        )
