"""What robots may read: everything, because Google's calendar asks before it fetches one.

No page wants to be found by its words; each says so itself, where a robot that was kept out would
never learn it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse

if TYPE_CHECKING:
    from django.http import HttpRequest

RULES: Final = "User-agent: *\nAllow: /c/\nDisallow:\n"


def robots(_request: HttpRequest) -> HttpResponse:
    """Tell them."""
    return HttpResponse(RULES, content_type="text/plain; charset=utf-8")
