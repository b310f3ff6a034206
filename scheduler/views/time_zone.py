"""Set the time zone in which a person, or a browser, sees all times."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import people
from accounts.forms.people import ZoneForm
from accounts.middleware import ZONE_COOKIE
from accounts.views.access import next_url
from civiltime import zones
from scheduler.models import WeeklyAvailability
from scheduler.text.local_time import zone_name

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from django.http import HttpRequest, HttpResponse

    from accounts.models import Person

ZONE_REMEMBERED: Final = timedelta(days=365)


def set_zone(request: HttpRequest) -> HttpResponse:
    """Set the zone of the account, or of this browser in a cookie."""
    form = ZoneForm(
        request.POST or None, initial={"tz": zone_name(timezone.get_current_timezone_name())}
    )
    if request.method != "POST" or not form.is_valid():
        known = [(name, zone_name(name)) for name in sorted(zones.canonical_names())]
        context = {"form": form, "zones": known, "next": next_url(request, "meetings")}
        return render(request, "scheduler/time_zone.html", context)
    tz = zones.zone(form.cleaned_data["tz"])
    response = HttpResponseRedirect(next_url(request, "meetings"))
    if request.user.is_authenticated:
        people.choose_zone(person=request.user, tz=tz, now=timezone.now())
        _ask_about_week(request, request.user, tz)
    else:
        response.set_cookie(
            ZONE_COOKIE, tz.key, max_age=ZONE_REMEMBERED, samesite="Lax", secure=request.is_secure()
        )
    return response


def _ask_about_week(request: HttpRequest, person: Person, tz: ZoneInfo) -> None:
    """Add a message if the person's weekly availability is still in another zone."""
    week = WeeklyAvailability.objects.filter(person=person).first()
    if week and week.needs_zone_answer(tz):
        text = _(
            "Your availability still means the old time zone. Look at it in Settings, Availability."
        )
        messages.info(request, text)
