"""The context that every template has."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.middleware import ZONE_COOKIE
from notifications.models import Notice
from scheduler.models import Organisation
from scheduler.queries.dashboard import has_dashboard
from sessions.models import Report

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Return the reader's zone, which menus they see and how many notices are unread."""
    user = request.user
    return {
        "coordinates": SimpleLazyObject(
            lambda: user.is_authenticated and Organisation.objects.coordinated_by(user).exists()
        ),
        "has_dashboard": SimpleLazyObject(lambda: has_dashboard(user)),
        "unread_notices": SimpleLazyObject(
            lambda: Notice.objects.inbox_of(user).unread().count() if user.is_authenticated else 0
        ),
        "waiting_reports": cache(lambda: _waiting_reports(request)),
        "reader_tz": timezone.get_current_timezone_name(),
        "zone_is_known": user.is_authenticated or ZONE_COOKIE in request.COOKIES,
        "is_demo": settings.IS_DEMO,
    }


def _waiting_reports(request: HttpRequest) -> int:
    """Return how many undecided reports the person who reads the page may open."""
    user = request.user
    return Report.objects.readable_by(user).undecided().count() if user.is_authenticated else 0
