"""Create a recovery code, and recover an account with it."""

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
from accounts.forms.errors import errors_shown_on
from accounts.forms.people import CurrentPasswordForm
from accounts.forms.recovery_codes import RecoverAccountForm
from accounts.models import RecoveryCode
from accounts.views.access import person_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
@never_cache
@sensitive_post_parameters("current")
def recovery_code(request: HttpRequest) -> HttpResponse:
    """Create a recovery code and show it once."""
    person = person_of(request)
    form = CurrentPasswordForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        return show_code_once(
            request,
            recovery_codes.create_recovery_code(person=person, now=timezone.now()),
            reverse("account_details"),
        )
    made = RecoveryCode.objects.filter(person=person).first()
    return render(request, "accounts/recovery_code.html", {"form": form, "made": made})


@never_cache
@sensitive_post_parameters("code", "password")
def recover_account(request: HttpRequest) -> HttpResponse:
    """Sign in with a recovery code and a new password."""
    form = RecoverAccountForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            opened = recovery_codes.recover_account(**form.cleaned_data, now=timezone.now())
            form.refund()
            login(request, opened.person)
            return show_code_once(
                request, opened.recovery_code, reverse("my_sessions"), is_opened=True
            )
    return render(request, "accounts/recover_account.html", {"form": form})


def show_code_once(
    request: HttpRequest, code: str, onward: str, *, is_opened: bool = False
) -> HttpResponse:
    """Show a new recovery code with the link to the next page."""
    about = {"recovery_code": code, "onward": onward, "is_opened": is_opened}
    return render(request, "accounts/recovery_code_made.html", about)
