"""The time zone in which a page is rendered: the account's, the browser's, or UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils import timezone

from civiltime import zones

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from django.http import HttpRequest, HttpResponseBase

ZONE_COOKIE: Final = "tz"


def activate_time_zone(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Activate the reader's zone while the response is made."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with timezone.override(time_zone_of(request)):
            return get_response(request)

    return middleware


def time_zone_of(request: HttpRequest) -> ZoneInfo:
    """Return the zone of the account or of the cookie; UTC if there is neither or it is unknown."""
    if request.user.is_authenticated:
        return request.user.tz
    try:
        return zones.zone(request.COOKIES.get(ZONE_COOKIE, "UTC"))
    except zones.UnknownZone:
        return zones.zone("UTC")
