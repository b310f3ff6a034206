"""The page for someone in danger: it stands when the database, Redis and the sign-in have fallen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

ADDRESS: Final = "help/"


def crisis(request: HttpRequest) -> HttpResponse:
    """Tell what to do now. No query, no session, no log line."""
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(render_to_string("crisis.html"))


def shelter(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer the page of need before anything that could fail is asked."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        is_for_shelter = request.path_info == f"/{ADDRESS}"
        return crisis(request) if is_for_shelter else get_response(request)

    return middleware
