"""What every template knows of the installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from scheduler.desk import has_desk
from scheduler.middleware import ZONE_COOKIE
from scheduler.models import Organisation

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Return the reader's zone, and whether this is a demonstration."""
    user = request.user
    return {
        "coordinates": SimpleLazyObject(
            lambda: user.is_authenticated and Organisation.objects.coordinated_by(user).exists()
        ),
        "has_desk": SimpleLazyObject(lambda: has_desk(user)),
        "reader_tz": timezone.get_current_timezone_name(),
        "zone_is_known": user.is_authenticated or ZONE_COOKIE in request.COOKIES,
        "is_demo": settings.IS_DEMO,
    }
