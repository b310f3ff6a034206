"""HTTP responses of feeds: validators, caching headers and refusals (RFC 9110)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from calendars.ical.document import CalendarBody

CALENDAR: Final = "text/calendar; charset=utf-8"
PRIVATE: Final = {
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


def conditional_response(
    request: HttpRequest, *, etag: str, changed_at: datetime, now: datetime
) -> HttpResponse:
    """Return 304 or 412 if the request's preconditions say so, else an empty 200.

    ``If-None-Match`` takes precedence over ``If-Modified-Since`` (RFC 9110, 13.2.2). A
    ``Last-Modified`` in the future is not sent (8.8.2.1). A 304 has the same ``Vary`` as the 200
    (15.4.5).
    """
    response = HttpResponse(content_type=CALENDAR, headers=PRIVATE)
    modified = int(changed_at.timestamp())
    response.headers["ETag"] = etag
    if changed_at <= now:
        response.headers["Last-Modified"] = http_date(modified)
    response.headers["Vary"] = "Accept-Encoding"
    decided = get_conditional_response(request, etag, modified, response)
    assert isinstance(decided, HttpResponse)  # noqa: S101 - the 200 above, 304 or 412
    return decided


def calendar_response(
    request: HttpRequest, body: CalendarBody, *, changed_at: datetime, now: datetime
) -> HttpResponse:
    """Return a calendar, or 304 or 412 as ``conditional_response`` does."""
    response = conditional_response(request, etag=body.etag, changed_at=changed_at, now=now)
    if response.status_code == HttpResponse.status_code:
        response.content = b"".join(body)
        response.headers["Content-Length"] = str(body.size)
    return response


def refusal(status: int, sentence: str) -> HttpResponse:
    """Return an error as one line of plain text, for people who look at their program's log."""
    response = HttpResponse(f"{sentence}\n", "text/plain; charset=utf-8", status, headers=PRIVATE)
    response.headers["Content-Length"] = str(len(response.content))
    return response
