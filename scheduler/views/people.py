"""Make an account, sign in and out, choose a zone, close the account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, get_language
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from scheduler import zones
from scheduler.actions import people
from scheduler.actions.spare_keys import make_spare_key
from scheduler.forms.people import PassphraseForm, SignInForm, SignUpForm, ZoneForm
from scheduler.forms.refusals import refusals_told_by
from scheduler.middleware import ZONE_COOKIE
from scheduler.models import PaintedWeek, SpareKey
from scheduler.views.signed_in import person_of
from scheduler.views.spare_keys import shown_once

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from django.http import HttpRequest, HttpResponse

    from scheduler.models import Person

ZONE_REMEMBERED: Final = timedelta(days=365)


@never_cache
@sensitive_post_parameters("passphrase")
def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account and sign in with it."""
    form = SignUpForm(request.POST or None, initial={"tz": timezone.get_current_timezone_name()})
    if request.method == "POST" and form.is_valid():
        with refusals_told_by(form, field="handle"):
            person = people.sign_up(
                handle=form.cleaned_data["handle"],
                passphrase=form.cleaned_data["passphrase"],
                email=form.cleaned_data["email"],
                tz=zones.zone(form.cleaned_data["tz"]),
                language=get_language() or "en",
                now=timezone.now(),
            )
            login(request, person)
            if form.cleaned_data["wants_spare_key"]:
                code = make_spare_key(person=person, now=timezone.now())
                return shown_once(request, code, _next(request))
            return redirect(_next(request))
    return render(request, "scheduler/people/sign_up.html", {"form": form, "next": _next(request)})


@sensitive_post_parameters("passphrase")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a handle and a passphrase."""
    form = SignInForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and form.person:
        login(request, form.person)
        return redirect(_next(request))
    return render(request, "scheduler/people/sign_in.html", {"form": form, "next": _next(request)})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out here, and let the browser forget what it kept."""
    logout(request)
    response = redirect("now")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak another language here; the account, if there is one, remembers it for mails."""
    answer: HttpResponse = i18n.set_language(request)
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and check_for_language(chosen):
        people.choose_language(person=person_of(request), language=chosen)
    return answer


def set_zone(request: HttpRequest) -> HttpResponse:
    """Choose by hand in which zone times are shown; the account or the browser remembers."""
    form = ZoneForm(request.POST or None, initial={"tz": timezone.get_current_timezone_name()})
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "scheduler/people/zone.html", {"form": form, "next": _next(request, "now")}
        )
    tz = zones.zone(form.cleaned_data["tz"])
    response = HttpResponseRedirect(_next(request, "now"))
    if request.user.is_authenticated:
        people.choose_zone(person=request.user, tz=tz, now=timezone.now())
        _ask_about_week(request, request.user, tz)
    else:
        response.set_cookie(
            ZONE_COOKIE, tz.key, max_age=ZONE_REMEMBERED, samesite="Lax", secure=request.is_secure()
        )
    return response


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show what is known of this person, which is little."""
    spare_key = SpareKey.objects.filter(person=person_of(request)).first()
    return render(request, "scheduler/people/account.html", {"spare_key": spare_key})


@login_required
@sensitive_post_parameters("current", "passphrase")
def choose_passphrase(request: HttpRequest) -> HttpResponse:
    """Choose another passphrase; whatever the old one opened is closed."""
    person = person_of(request)
    form = PassphraseForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        with refusals_told_by(form, field="passphrase"):
            people.choose_passphrase(
                person=person, passphrase=form.cleaned_data["passphrase"], now=timezone.now()
            )
            login(request, person)
            messages.success(
                request, _("Your passphrase is changed. You are signed in here and nowhere else.")
            )
            return redirect("account")
    return render(request, "scheduler/people/passphrase.html", {"form": form})


@login_required
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Sign out on every device, and end every calendar address."""
    people.sign_out_everywhere(person=person_of(request), now=timezone.now())
    return sign_out(request)


@login_required
@require_POST
def close_account(request: HttpRequest) -> HttpResponse:
    """Forget this person."""
    assert request.user.is_authenticated  # noqa: S101 - login_required
    people.close_account(person=request.user, now=timezone.now())
    logout(request)
    messages.success(request, _("Your account is closed and what it held is gone."))
    return redirect("now")


def _next(request: HttpRequest, otherwise: str = "my_sessions") -> str:
    """Return where to go on, if it is on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else resolve_url(otherwise)


def _ask_about_week(request: HttpRequest, person: Person, tz: ZoneInfo) -> None:
    """Say that painted hours are still those of the old clock, until their owner says otherwise."""
    week = PaintedWeek.objects.filter(person=person).first()
    if week and week.has_moved_from(tz):
        said = _("Your painted week still means the old clock. Look at “When I can come”.")
        messages.info(request, said)
