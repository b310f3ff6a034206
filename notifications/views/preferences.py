"""The pages with a person's notification preferences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.views.access import person_of
from notifications.actions import address_verification, preferences
from notifications.content.previews import samples_for
from notifications.forms.addresses import AddressForm, CodeForm
from notifications.forms.preferences import GroupRemindersForm, NotificationPreferencesForm
from notifications.views.transports import transport_context
from scheduler.actions.memberships import set_calendar_name
from scheduler.models import Membership

if TYPE_CHECKING:
    from datetime import datetime

    from django import forms
    from django.http import HttpRequest, HttpResponse

    from accounts.models import Person


@login_required
def reminders(request: HttpRequest) -> HttpResponse:
    """Show and change a person's preferences."""
    person = person_of(request)
    form = NotificationPreferencesForm(request.POST or None, person=person)
    if request.method != "POST" or not form.is_valid():
        return page(request, preferences_form=form)
    _save(person, form, timezone.now())
    messages.success(request, _("Saved."))
    return redirect("reminders")


@transaction.atomic
def _save(person: Person, form: NotificationPreferencesForm, now: datetime) -> None:
    data = form.cleaned_data
    preferences.choose_leads(person=person, leads=data["leads"], now=now)
    preferences.choose_preferences(
        person=person,
        quiet=form.quiet,
        allows_urgent=data["allows_urgent"],
        detail=data["detail"],
        wants_calendar_file=data["wants_calendar_file"],
        now=now,
    )
    preferences.choose_topics(person=person, chosen=form.topics, offered=form.transports, now=now)


@login_required
def group_reminders(request: HttpRequest, key: str) -> HttpResponse:
    """Show and change the reminders of one group, and the person's own name for it."""
    memberships = Membership.objects.active().select_related("group", "person", "group_reminders")
    membership = get_object_or_404(memberships, person=person_of(request), group__key=key)
    form = GroupRemindersForm(request.POST or None, membership=membership)
    if request.method == "POST" and form.is_valid():
        _save_group(membership, form.cleaned_data, timezone.now())
        messages.success(request, _("Saved."))
        return redirect("reminders")
    context = {"form": form, "membership": membership}
    return render(request, "notifications/group_reminders.html", context)


@transaction.atomic
def _save_group(membership: Membership, data: dict[str, Any], now: datetime) -> None:
    set_calendar_name(membership=membership, own_name=data["own_name"], now=now)
    if data["follows"]:
        preferences.follow_general_reminders(membership=membership, now=now)
    else:
        preferences.choose_group_leads(membership=membership, leads=data["leads"], now=now)


def page(request: HttpRequest, **invalid: forms.Form) -> HttpResponse:
    """Return the whole page, with an invalid form in place of an empty one."""
    person, now = person_of(request), timezone.now()
    memberships = Membership.objects.active().filter(person=person, group__closed_at=None)
    context: dict[str, object] = {
        "preferences_form": NotificationPreferencesForm(person=person),
        "address_form": AddressForm(initial={"email": person.email}),
        "code_form": CodeForm(),
        "awaited": address_verification.awaited(request.session, now),
        "memberships": memberships.select_related("group", "group_reminders").order_by(
            "group__name"
        ),
        "samples": samples_for(person, now),
    }
    return render(
        request, "notifications/preferences.html", context | invalid | transport_context(request)
    )
