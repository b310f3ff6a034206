"""How a calendar travels: validators before bytes, squeezed if wished, and nothing personal."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from calendars.ical.document import Body

CALENDAR: Final = "text/calendar; charset=utf-8"
ACCEPTS_GZIP: Final = re.compile(
    r"(?:^|,)\s*gzip\s*(?!;\s*q=0(?:\.0*)?\s*(?:,|$))(?:;|,|$)", re.IGNORECASE
)
SQUEEZED: Final = '.gz"'
LEVEL: Final = 4  # a tenth of the size in a third of the time that the thorough levels take


def conditional(
    request: HttpRequest, *, etag: str, changed_at: datetime, now: datetime
) -> HttpResponse:
    """Return 304 or 412 where the client's own copy decides, otherwise an empty 200.

    ``If-None-Match`` comes before ``If-Modified-Since`` (RFC 9110, 13.2.2). Squeezed bytes are
    other bytes, so a strong validator must tell the two apart (8.8.3.3).
    """
    answer = HttpResponse(content_type=CALENDAR)
    answer.headers["ETag"] = chosen = _variant(etag) if _may_squeeze(request) else etag
    modified = int(changed_at.timestamp())
    if changed_at <= now:
        answer.headers["Last-Modified"] = http_date(modified)
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    decided = get_conditional_response(request, chosen, modified, answer)
    assert isinstance(decided, HttpResponse)  # noqa: S101 - one of the two above, or 412
    return decided


def filled(request: HttpRequest, answer: HttpResponse, body: Body) -> HttpResponse:
    """Put a calendar into the 200 that ``conditional`` returned."""
    content = b"".join(body)
    if _may_squeeze(request):
        content = gzip.compress(content, LEVEL, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
    answer.content = content
    answer.headers["Content-Length"] = str(len(content))
    return answer


def refused(status: int, sentence: str) -> HttpResponse:
    """Return a short answer for people who look at what their program got."""
    answer = HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Content-Length"] = str(len(answer.content))
    return answer


def _may_squeeze(request: HttpRequest) -> bool:
    return ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", "")) is not None


def _variant(etag: str) -> str:
    return etag.removesuffix('"') + SQUEEZED
