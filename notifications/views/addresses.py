"""An e-mail address: entered, verified, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from notifications.actions import address_verification
from notifications.actions import addresses as address_actions
from notifications.forms.addresses import AddressForm, CodeForm
from notifications.transports.email import send_code
from notifications.views.preferences import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
@require_POST
def give_address(request: HttpRequest) -> HttpResponse:
    """Mail a code to an address; the page then has a field for it."""
    form = AddressForm(request.POST)
    with errors_shown_on(form):
        if form.is_valid():
            email, person, now = form.cleaned_data["email"], person_of(request), timezone.now()
            code = address_verification.challenge(
                request.session, person=person, address=email, now=now
            )
            send_code(email, code)
            return redirect("reminders")
    return page(request, address_form=form)


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
            messages.success(request, _("Thank you. The address is confirmed."))
            return redirect("reminders")
    return page(request, code_form=form)


@login_required
@require_POST
def forget_address(request: HttpRequest) -> HttpResponse:
    """Delete the address and drop what is queued for it."""
    address_actions.forget_address(person=person_of(request), now=timezone.now())
    messages.success(request, _("The address is forgotten."))
    return redirect("reminders")
