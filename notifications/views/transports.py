"""Addresses for the operator's gateways: entered, verified, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from notifications.actions import address_verification, contacts
from notifications.delivery.verification_codes import send_verification_code
from notifications.forms.addresses import CodeForm
from notifications.forms.transports import ContactForm
from notifications.models import Contact, Transport

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse


@login_required
def give_contact(request: HttpRequest, transport: str) -> HttpResponse:
    """Show the address; on POST send a code to a new one, which the page then asks for."""
    person, now, gateway = person_of(request), timezone.now(), _configured(transport)
    form = ContactForm(request.POST or None, transport=gateway)
    with errors_shown_on(form, field="address"):
        if form.is_valid():
            address = form.cleaned_data["address"]
            send_verification_code(
                request.session, person=person, address=address, transport=gateway, now=now
            )
            return redirect("give_contact", transport)
    return _page(request, gateway, contact_form=form)


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
            text = _("%(address)s is confirmed. Reminders and changes reach you there.")
            messages.success(request, text % {"address": address})
            return redirect("notifications")
    return _page(request, gateway, code_form=form)


@login_required
@require_POST
def forget_contact(request: HttpRequest, transport: str) -> HttpResponse:
    """Delete an address and drop what is queued for it."""
    gateway = _configured(transport)
    contacts.forget_contact(person=person_of(request), transport=gateway, now=timezone.now())
    messages.success(request, _("Deleted: %(channel)s.") % {"channel": gateway.label})
    return redirect("notifications")


def _page(request: HttpRequest, transport: Transport, **forms: forms.Form) -> HttpResponse:
    awaited = address_verification.awaited(request.session, timezone.now(), transport)
    context = {
        "transport": transport,
        "contact": Contact.objects.filter(person=person_of(request), transport=transport).first(),
        "awaited": awaited,
        "contact_form": ContactForm(transport=transport),
        "code_form": CodeForm(),
    }
    return render(request, "notifications/contact.html", context | forms)


def _configured(transport: str) -> Transport:
    if transport not in settings.GATEWAYS:
        raise Http404
    return Transport(transport)
