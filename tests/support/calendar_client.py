"""A calendar program for tests: it polls a feed as programs do."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, cast

import icalendar
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone

from calendars.actions.feeds import create_feed
from config.calendar_endpoint import ShortChain

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import Person


class _Handler(ShortChain, ClientHandler):
    """The middleware of calendar feeds, without a server."""


class CalendarClient(Client):
    """A client that is answered as ``config.asgi`` answers below ``/c/``."""

    def __init__(self) -> None:
        super().__init__()
        self.handler = _Handler()


def subscribe(person: Person, **options: Any) -> str:
    """Create a feed now; return its path."""
    made = create_feed(person=person, label="phone", now=timezone.now(), **options)
    return f"/c/{made.token}.ics"


def fetch(address: str, method: str = "get", **headers: str) -> HttpResponse:
    """Send a request without cookies; header names have underscores for dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return cast("HttpResponse", getattr(CalendarClient(), method)(address, headers=named))


def events(answer: HttpResponse) -> list[Any]:
    """Return the events of a response as icalendar reads them, in their order."""
    assert answer.status_code == 200, answer
    return list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))


def etag_of(answer: HttpResponse) -> str:
    """Return the strong validator of these bytes."""
    return f'"{hashlib.sha256(answer.content).hexdigest()}"'
