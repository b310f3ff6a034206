"""Sign up, sign in and out, choose a language, change the password, close the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import check_for_language, get_language
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.actions import people
from accounts.actions.recovery_codes import create_recovery_code
from accounts.forms.errors import errors_shown_on
from accounts.forms.people import ChangePasswordForm, SignInForm, SignUpForm
from accounts.models import RecoveryCode
from accounts.views.access import next_url, person_of
from accounts.views.recovery_codes import show_code_once
from civiltime import zones

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@sensitive_post_parameters("password")
def sign_up(request: HttpRequest) -> HttpResponse:
    """Create an account and sign in with it."""
    form = SignUpForm(request.POST or None, initial={"tz": timezone.get_current_timezone_name()})
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form, field="username"):
            person = people.sign_up(
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                email=form.cleaned_data["email"],
                tz=zones.zone(form.cleaned_data["tz"]),
                language=get_language() or "en",
                now=timezone.now(),
            )
            login(request, person)
            if form.cleaned_data["wants_recovery_code"]:
                code = create_recovery_code(person=person, now=timezone.now())
                return show_code_once(request, code, next_url(request))
            return redirect(next_url(request))
    return render(request, "accounts/sign_up.html", {"form": form, "next": next_url(request)})


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a user name and a password."""
    form = SignInForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and form.person:
        login(request, form.person)
        return redirect(next_url(request))
    return render(request, "accounts/sign_in.html", {"form": form, "next": next_url(request)})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out of this browser and clear what it has stored."""
    logout(request)
    response = redirect("meetings")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Set the language of this browser's pages, and of the account's mails if somebody is signed in."""
    answer: HttpResponse = i18n.set_language(request)
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and check_for_language(chosen):
        people.choose_language(person=person_of(request), language=chosen)
    return answer


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """List the pages of the settings."""
    return render(request, "accounts/account.html")


@login_required
def account_details(request: HttpRequest) -> HttpResponse:
    """Show what is stored about this person, how they sign in, and how to close the account."""
    recovery_code = RecoveryCode.objects.filter(person=person_of(request)).first()
    return render(request, "accounts/account_details.html", {"recovery_code": recovery_code})


@login_required
@sensitive_post_parameters("current", "password")
def change_password(request: HttpRequest) -> HttpResponse:
    """Change the password, which signs out every other browser."""
    person = person_of(request)
    form = ChangePasswordForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form, field="password"):
            people.change_password(
                person=person, password=form.cleaned_data["password"], now=timezone.now()
            )
            login(request, person)
            messages.success(
                request, _("Your password is changed. You are signed in here and nowhere else.")
            )
            return redirect("account_details")
    return render(request, "accounts/change_password.html", {"form": form})


@login_required
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Sign out of every browser and revoke every calendar address."""
    people.sign_out_everywhere(person=person_of(request), now=timezone.now())
    return sign_out(request)


@login_required
@require_POST
def close_account(request: HttpRequest) -> HttpResponse:
    """Close the account of this person."""
    assert request.user.is_authenticated  # noqa: S101 - login_required
    people.close_account(person=request.user, now=timezone.now())
    logout(request)
    messages.success(request, _("Your account is closed and what it held is gone."))
    return redirect("meetings")
