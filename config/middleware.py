"""Headers that every answer carries, and compression of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.middleware.gzip import GZipMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

# Cameras and microphones are for the room's own address, which sets its own header.
PERMISSIONS: Final = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)


def quiet_headers(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Forbid devices and embedding, and keep pages of signed-in people out of caches."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if getattr(request, "user", None) and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


COMPRESSED_TYPES: Final = ("text/html", "text/css", "text/javascript")


class CompressedPages(GZipMiddleware):
    """Compress HTML, sheets and scripts; calendars are compressed elsewhere.

    In production sheets and scripts lie compressed on the disk, and those pass. A page shrinks to a
    fifth. Django adds random padding, so that the length of the answer says
    nothing about its content (BREACH).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress the response if it is HTML, a sheet or a script."""
        if not response.headers.get("Content-Type", "").startswith(COMPRESSED_TYPES):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed
