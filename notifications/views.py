"""The pages on which people say whether and when we may write to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from notifications import addresses
from notifications.actions import addresses as address_actions
from notifications.actions import consent as consent_actions
from notifications.actions import preferences
from notifications.forms import AddressForm, CodeForm, RemindersForm
from notifications.models import Consent, Way
from notifications.ways.email import send_code
from notifications.ways_views import ways_shown
from scheduler.forms.refusals import refusals_told_by
from scheduler.views.signed_in import person_of

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse


@login_required
def reminders(request: HttpRequest) -> HttpResponse:
    """Show and change when reminders come; no tick is a no, and withdraws the consent."""
    person, now = person_of(request), timezone.now()
    form = RemindersForm(request.POST or None, person=person)
    if request.method != "POST" or not form.is_valid():
        return _page(request, reminders_form=form)
    if form.cleaned_data["agreed"]:
        leads = form.cleaned_data["leads"]
        preferences.choose_reminders(person=person, way=Way.EMAIL, leads=leads, now=now)
    else:
        consent_actions.withdraw(person=person, way=Way.EMAIL, now=now)
    messages.success(request, _("Saved."))
    return redirect("reminders")


@login_required
@require_POST
def give_address(request: HttpRequest) -> HttpResponse:
    """Mail a code to an address; the page then asks for it."""
    form = AddressForm(request.POST)
    with refusals_told_by(form):
        if form.is_valid():
            email, person, now = form.cleaned_data["email"], person_of(request), timezone.now()
            code = addresses.challenge(request.session, person=person, address=email, now=now)
            send_code(email, code)
            return redirect("reminders")
    return _page(request, address_form=form)


@login_required
@require_POST
def confirm_address(request: HttpRequest) -> HttpResponse:
    """Keep the address whose code was typed."""
    form, now = CodeForm(request.POST), timezone.now()
    with refusals_told_by(form, field="code"):
        if form.is_valid():
            email = addresses.answer(request.session, code=form.cleaned_data["code"], now=now)
            address_actions.confirm_address(person=person_of(request), email=email, now=now)
            messages.success(request, _("Thank you. The address is confirmed."))
            return redirect("reminders")
    return _page(request, code_form=form)


@login_required
@require_POST
def forget_address(request: HttpRequest) -> HttpResponse:
    """Forget the address, and whatever was going to be sent there."""
    address_actions.forget_address(person=person_of(request), now=timezone.now())
    messages.success(request, _("The address is forgotten."))
    return redirect("reminders")


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the key is all they bring
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """Stop messages at once on POST. Looking changes nothing: scanners open every link."""
    consent = get_object_or_404(Consent.objects.select_related("person"), key=key)
    if request.method == "POST":
        way = Way(consent.way)
        consent_actions.withdraw(person=consent.person, way=way, now=timezone.now())
    return render(request, "notifications/stop.html", {"is_stopped": request.method == "POST"})


def _page(request: HttpRequest, **given: forms.Form) -> HttpResponse:
    """Show the whole page, with a form that was refused in its place."""
    person, now = person_of(request), timezone.now()
    shown: dict[str, object] = {
        "reminders_form": RemindersForm(person=person),
        "address_form": AddressForm(initial={"email": person.email}),
        "code_form": CodeForm(),
        "awaited": addresses.awaited(request.session, now),
    }
    return render(request, "notifications/reminders.html", shown | given | ways_shown(request))
