"""Help and the way out: they stand when the database, Redis and the sign-in have fallen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponseBase

HELP: Final = "help/"
LEAVE: Final = "leave/"


def crisis(request: HttpRequest) -> HttpResponse:
    """Tell what to do now. No query, no session, no log line."""
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(render_to_string("crisis.html"))


def leave(_request: HttpRequest) -> HttpResponse:
    """Lead to the address that the operator chose, or to a page with nothing on it."""
    if settings.LEAVE_URL:
        return HttpResponseRedirect(settings.LEAVE_URL)
    return HttpResponse(render_to_string("leave.html"))


SHELTERED: Final[Mapping[str, Callable[[HttpRequest], HttpResponse]]] = {
    f"/{HELP}": crisis,
    f"/{LEAVE}": leave,
}


def shelter(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer help and the way out before anything that could fail is asked."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return SHELTERED.get(request.path_info, get_response)(request)

    return middleware
