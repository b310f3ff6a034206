"""The crisis page and quick exit, which work without database, Redis and sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import translation

from accounts.middleware import ZONE_COOKIE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponseBase

HELP: Final = "help/"
LEAVE: Final = "leave/"


def crisis(request: HttpRequest) -> HttpResponse:
    """Show the crisis page. No query, no browser session, no log line.

    The number that stands first is guessed from the time zone in the browser's cookie; both are there.
    """
    is_in_america = request.COOKIES.get(ZONE_COOKIE, "").startswith("America/")
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(render_to_string("crisis.html", {"is_in_america": is_in_america}))


def leave(_request: HttpRequest) -> HttpResponse:
    """Redirect to the address that the operator chose, or show an empty page."""
    if settings.LEAVE_URL:
        return HttpResponseRedirect(settings.LEAVE_URL)
    return HttpResponse(render_to_string("leave.html"))


CRISIS_PAGES: Final[Mapping[str, Callable[[HttpRequest], HttpResponse]]] = {
    f"/{HELP}": crisis,
    f"/{LEAVE}": leave,
}


def crisis_pages(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer both pages before any middleware that could fail."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return CRISIS_PAGES.get(request.path_info, get_response)(request)

    return middleware
