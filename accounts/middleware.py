"""The time zone in which a page is rendered, and guests, who are signed in to one session alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from civiltime import zones

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from django.http import HttpRequest, HttpResponseBase

    from accounts.models import Person

ZONE_COOKIE: Final = "tz"


def separate_guests(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Make a guest anonymous to every page but those that ask for ``accounts.views.access.guest_of``.

    ``request.user`` stays lazy: a page that does not ask who reads it makes no query.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        signed_in = request.user

        def user() -> Person | AnonymousUser:
            is_guest = signed_in.is_authenticated and signed_in.is_guest
            return AnonymousUser() if is_guest else signed_in

        request.user = SimpleLazyObject(user)  # type: ignore[assignment]  # lazy, as Django's own
        request.signed_in = signed_in  # type: ignore[attr-defined]  # read by ``guest_of`` alone
        return get_response(request)

    return middleware


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
