"""A second way into an account: make a spare key, and open the account with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actions import recovery_codes
from accounts.forms.errors import refusals_told_by
from accounts.forms.people import PresentPassphraseForm
from accounts.forms.recovery_codes import OpenForm
from accounts.models import SpareKey
from accounts.views.access import person_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
@never_cache
@sensitive_post_parameters("current")
def spare_key(request: HttpRequest) -> HttpResponse:
    """Make a spare key, and show it once."""
    person = person_of(request)
    form = PresentPassphraseForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        return shown_once(
            request,
            recovery_codes.make_spare_key(person=person, now=timezone.now()),
            reverse("account"),
        )
    made = SpareKey.objects.filter(person=person).first()
    return render(request, "accounts/recovery_code.html", {"form": form, "made": made})


@never_cache
@sensitive_post_parameters("code", "passphrase")
def open_with_spare_key(request: HttpRequest) -> HttpResponse:
    """Let somebody in who has forgotten the passphrase and kept the spare key."""
    form = OpenForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        with refusals_told_by(form):
            opened = recovery_codes.open_with_spare_key(**form.cleaned_data, now=timezone.now())
            form.forgive()
            login(request, opened.person)
            return shown_once(request, opened.spare_key, reverse("my_sessions"), is_opened=True)
    return render(request, "accounts/recover_account.html", {"form": form})


def shown_once(
    request: HttpRequest, code: str, onward: str, *, is_opened: bool = False
) -> HttpResponse:
    """Show a key to print or write down, and where to go from there."""
    about = {"spare_key": code, "onward": onward, "is_opened": is_opened}
    return render(request, "accounts/recovery_code_made.html", about)
