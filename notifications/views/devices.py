"""The devices that show notifications, and the browsers in which a person is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import BrowserSession
from accounts.views.access import person_of
from civiltime.errors import CommonhourError
from notifications.actions import devices as device_actions
from notifications.forms.transports import DeviceForm
from notifications.models import Device
from notifications.transports import vapid

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker that shows notices on a device. It caches no page."""
    response = render(request, "notifications/service_worker.js", content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@login_required
@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """Show the devices with push messages, and in how many browsers the person is signed in."""
    person, now = person_of(request), timezone.now()
    context = {
        "devices": Device.objects.filter(person=person).order_by("created_at"),
        "device_form": DeviceForm(),
        "push_key": vapid.public_key(),
        "browsers": BrowserSession.objects.filter(person_id=person.pk, expire_date__gt=now).count(),
    }
    return render(request, "notifications/devices.html", context)


@login_required
@require_POST
def add_device(request: HttpRequest) -> HttpResponse:
    """Store this browser's push subscription."""
    form = DeviceForm(request.POST)
    try:
        if form.is_valid():
            device = device_actions.add_device(
                person=person_of(request), now=timezone.now(), **form.cleaned_data
            )
            messages.success(
                request,
                _("“%(device)s” shows your notifications now.") % {"device": device.label},
            )
        else:
            messages.error(
                request, _("This browser did not say how to reach it. Please try again.")
            )
    except CommonhourError as refusal:
        messages.error(request, str(refusal))
    return redirect("devices")


@login_required
@require_POST
def remove_device(request: HttpRequest, key: str) -> HttpResponse:
    """Delete a device."""
    device_actions.remove_device(person=person_of(request), key=key, now=timezone.now())
    messages.success(request, _("The device is removed. It shows nothing more."))
    return redirect("devices")
