"""Devices and addresses for transports other than e-mail: added and removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from civiltime.errors import CommonhourError
from notifications.actions import address_verification, contacts, devices
from notifications.forms.addresses import CodeForm
from notifications.forms.transports import ContactForm, DeviceForm
from notifications.models import Contact, Device, Transport
from notifications.transports import vapid
from notifications.transports.gateway import send_code

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Card:
    """What the page shows about one transport through a gateway."""

    transport: Transport
    contact: Contact | None
    awaited: str | None
    contact_form: ContactForm
    code_form: CodeForm


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker that shows notices on a device. It caches no page."""
    response = render(request, "notifications/service_worker.js", content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@login_required
@require_POST
def add_device(request: HttpRequest) -> HttpResponse:
    """Store this browser's push subscription."""
    form = DeviceForm(request.POST)
    try:
        if form.is_valid():
            devices.add_device(person=person_of(request), now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("This device will show your notices."))
        else:
            messages.error(
                request, _("This browser did not say how to reach it. Please try again.")
            )
    except CommonhourError as refusal:
        messages.error(request, str(refusal))
    return redirect("reminders")


@login_required
@require_POST
def remove_device(request: HttpRequest, key: str) -> HttpResponse:
    """Delete a device."""
    devices.remove_device(person=person_of(request), key=key, now=timezone.now())
    messages.success(request, _("The device is forgotten."))
    return redirect("reminders")


@login_required
@require_POST
def give_contact(request: HttpRequest, transport: str) -> HttpResponse:
    """Send a code through a gateway; the page then has a field for it."""
    person, now, gateway = person_of(request), timezone.now(), _configured(transport)
    form = ContactForm(request.POST, transport=gateway)
    with errors_shown_on(form, field="address"):
        if form.is_valid():
            address = form.cleaned_data["address"]
            code = address_verification.challenge(
                request.session, person=person, address=address, now=now, transport=gateway
            )
            send_code(gateway, address, code)
            return redirect("reminders")
    return render(
        request, "notifications/contact.html", {"card": _card(request, gateway, form=form)}
    )


@login_required
@require_POST
def confirm_contact(request: HttpRequest, transport: str) -> HttpResponse:
    """Store the address whose code was typed."""
    person, now, gateway = person_of(request), timezone.now(), _configured(transport)
    form = CodeForm(request.POST)
    with errors_shown_on(form, field="code"):
        if form.is_valid():
            typed = form.cleaned_data["code"]
            address = address_verification.answer(
                request.session, code=typed, now=now, transport=gateway
            )
            contacts.confirm_contact(person=person, transport=gateway, address=address, now=now)
            messages.success(request, _("Thank you. We can reach you there now."))
            return redirect("reminders")
    return render(
        request, "notifications/contact.html", {"card": _card(request, gateway, code=form)}
    )


@login_required
@require_POST
def forget_contact(request: HttpRequest, transport: str) -> HttpResponse:
    """Delete an address and drop what is queued for it."""
    contacts.forget_contact(
        person=person_of(request), transport=_configured(transport), now=timezone.now()
    )
    messages.success(request, _("It is forgotten."))
    return redirect("reminders")


def transport_context(request: HttpRequest) -> dict[str, object]:
    """Return what the page of preferences shows about these transports."""
    return {
        "devices": Device.objects.filter(person=person_of(request)).order_by("created_at"),
        "device_form": DeviceForm(),
        "push_key": vapid.public_key(),
        "cards": [_card(request, Transport(transport)) for transport in settings.GATEWAYS],
    }


def _card(
    request: HttpRequest,
    transport: Transport,
    form: ContactForm | None = None,
    code: CodeForm | None = None,
) -> Card:
    return Card(
        transport=transport,
        contact=Contact.objects.filter(person=person_of(request), transport=transport).first(),
        awaited=address_verification.awaited(request.session, timezone.now(), transport),
        contact_form=form or ContactForm(transport=transport),
        code_form=code or CodeForm(),
    )


def _configured(transport: str) -> Transport:
    if transport not in settings.GATEWAYS:
        raise Http404
    return Transport(transport)
