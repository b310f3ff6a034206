"""A calendar program for tests: it has an address, and asks for it as programs do."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, cast

import icalendar
from django.test import Client
from django.utils import timezone

from calendars.actions.feeds import make_feed

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import Person


def subscribe(person: Person, **options: Any) -> str:
    """Return the path of a new address, made now."""
    made = make_feed(person=person, label="phone", now=timezone.now(), **options)
    return f"/c/{made.token}.ics"


def fetch(address: str, method: str = "get", **headers: str) -> HttpResponse:
    """Ask as a program does: without cookies; header names have underscores for dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return cast("HttpResponse", getattr(Client(), method)(address, headers=named))


def events(answer: HttpResponse) -> list[Any]:
    """Return the events of an answer, read by icalendar, in the order in which they came."""
    assert answer.status_code == 200, answer
    return list(icalendar.Calendar.from_ical(answer.content).walk("VEVENT"))


def etag_of(answer: HttpResponse) -> str:
    """Return what a strong validator of these bytes has to be."""
    return f'"{hashlib.sha256(answer.content).hexdigest()}"'
