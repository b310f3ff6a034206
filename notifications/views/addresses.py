"""An e-mail address: entered, verified, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from notifications.actions import address_verification
from notifications.actions import addresses as address_actions
from notifications.delivery.verification_codes import send_verification_code
from notifications.forms.addresses import AddressForm, CodeForm
from notifications.models import Transport

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse


@login_required
def give_address(request: HttpRequest) -> HttpResponse:
    """Show the address; on POST mail a code to a new one, which the page then asks for."""
    form = AddressForm(request.POST or None)
    with errors_shown_on(form):
        if form.is_valid():
            email, person, now = form.cleaned_data["email"], person_of(request), timezone.now()
            send_verification_code(
                request.session, person=person, address=email, transport=Transport.EMAIL, now=now
            )
            return redirect("give_address")
    return _page(request, address_form=form)


@login_required
@require_POST
def confirm_address(request: HttpRequest) -> HttpResponse:
    """Store the address whose code was typed."""
    form, now = CodeForm(request.POST), timezone.now()
    with errors_shown_on(form, field="code"):
        if form.is_valid():
            email = address_verification.answer(
                request.session, code=form.cleaned_data["code"], now=now
            )
            address_actions.confirm_address(person=person_of(request), email=email, now=now)
            text = _("%(email)s is confirmed. Reminders and changes reach you there.")
            messages.success(request, text % {"email": email})
            return redirect("notifications")
    return _page(request, code_form=form)


@login_required
@require_POST
def forget_address(request: HttpRequest) -> HttpResponse:
    """Delete the address and drop what is queued for it."""
    address_actions.forget_address(person=person_of(request), now=timezone.now())
    messages.success(request, _("Your e-mail address is deleted."))
    return redirect("notifications")


def _page(request: HttpRequest, **forms: forms.Form) -> HttpResponse:
    awaited = address_verification.awaited(request.session, timezone.now())
    context = {"address_form": AddressForm(), "code_form": CodeForm(), "awaited": awaited}
    return render(request, "notifications/email.html", context | forms)
