"""The group agreement, and the page on which a guest becomes a member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import login
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms.errors import errors_shown_on
from accounts.forms.people import NewAccountForm
from accounts.views.access import guest_of
from scheduler.actions import guests
from scheduler.text.agreement import RULES

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def agreement(request: HttpRequest) -> HttpResponse:
    """Show the rules that everybody accepts before they first enter a room."""
    return render(request, "scheduler/agreement.html", {"rules": RULES})


@never_cache
@sensitive_post_parameters("password")
def keep_place(request: HttpRequest) -> HttpResponse:
    """Make the guest of this browser a member with an account; others are led to the sign-up."""
    guest = guest_of(request)
    if guest is None:
        return redirect("my_sessions" if request.user.is_authenticated else "sign_up")
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form, field="username"):
            kept = guests.keep_place(guest=guest, now=timezone.now(), **form.cleaned_data)
            login(request, guest)
            if kept is None:
                messages.info(
                    request, _("You have an account now. This group takes no new members.")
                )
                return redirect("meetings")
            messages.success(
                request, _("Welcome, %(alias)s. Your place is kept.") % {"alias": kept.alias}
            )
            return redirect("group", key=kept.group.key)
    return render(request, "scheduler/keep_place.html", {"form": form})
