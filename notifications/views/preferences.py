"""The pages with a person's notification preferences: one with all switches, one for each subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.views.access import person_of
from notifications.actions import preferences
from notifications.content.previews import samples_for
from notifications.forms.preferences import (
    TOPIC_HELP,
    GroupRemindersForm,
    NotificationsForm,
    QuietHoursForm,
    TopicForm,
    WordingForm,
)
from notifications.models import Contact, Device, Topic, Transport
from scheduler.actions.memberships import set_calendar_name
from scheduler.models import Membership

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from accounts.models import Person


@dataclass(frozen=True, slots=True)
class Gateway:
    """A transport through one of the operator's gateways, and the person's address there."""

    transport: Transport
    contact: Contact | None


@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    """Show and change where, about what and when a person is notified."""
    person = person_of(request)
    form = NotificationsForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        _save(person, form, timezone.now())
        messages.success(request, _("Your notifications are saved."))
        return redirect("notifications")
    memberships = Membership.objects.active().filter(person=person, group__closed_at=None)
    context = {
        "form": form,
        "devices": Device.objects.filter(person=person).count(),
        "gateways": _gateways(person),
        "memberships": memberships.select_related("group", "group_reminders").order_by(
            "group__name"
        ),
    }
    return render(request, "notifications/notifications.html", context)


@transaction.atomic
def _save(person: Person, form: NotificationsForm, now: datetime) -> None:
    if form.leads_chosen is not None:
        preferences.choose_leads(person=person, leads=form.leads_chosen, now=now)
    elif Topic.REMINDERS in form.topics_on:
        preferences.choose_leads(person=person, leads=form.leads, now=now)
    preferences.choose_quiet_hours(person=person, quiet=form.quiet_chosen, now=now)
    preferences.switch_transports_and_topics(
        person=person,
        transports=form.transports_on,
        topics=form.topics_on,
        offered=form.given.offered,
        now=now,
    )


def _gateways(person: Person) -> list[Gateway]:
    contacts = {contact.transport: contact for contact in Contact.objects.filter(person=person)}
    return [Gateway(Transport(name), contacts.get(name)) for name in settings.GATEWAYS]


@login_required
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    """Show and change where one topic is sent, and when a person is reminded."""
    if topic not in Topic.values:
        raise Http404
    person, chosen = person_of(request), Topic(topic)
    form = TopicForm(request.POST or None, person=person, topic=chosen)
    if request.method == "POST" and form.is_valid():
        _save_topic(person, form, timezone.now())
        messages.success(request, _("Saved: %(topic)s.") % {"topic": chosen.label})
        return redirect("notifications")
    context = {"form": form, "topic": chosen, "help": TOPIC_HELP[chosen]}
    return render(request, "notifications/topic.html", context)


@transaction.atomic
def _save_topic(person: Person, form: TopicForm, now: datetime) -> None:
    if form.cleaned_data.get("leads"):
        preferences.choose_leads(person=person, leads=form.cleaned_data["leads"], now=now)
    preferences.choose_topics(
        person=person, chosen={form.topic: form.transports}, offered=form.offered, now=now
    )


@login_required
def quiet_hours(request: HttpRequest) -> HttpResponse:
    """Show and change the hours in which nothing is sent."""
    person = person_of(request)
    form = QuietHoursForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        preferences.choose_quiet_hours(
            person=person,
            quiet=form.quiet,
            allows_urgent=form.cleaned_data["allows_urgent"],
            now=timezone.now(),
        )
        messages.success(request, _("Your quiet hours are saved."))
        return redirect("notifications")
    return render(request, "notifications/quiet_hours.html", {"form": form})


@login_required
def wording(request: HttpRequest) -> HttpResponse:
    """Show and change how much messages say."""
    person, now = person_of(request), timezone.now()
    form = WordingForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        preferences.choose_wording(person=person, now=now, **form.cleaned_data)
        messages.success(request, _("Saved: what messages say."))
        return redirect("notifications")
    context = {"form": form, "samples": samples_for(person, now)}
    return render(request, "notifications/wording.html", context)


@login_required
def group_reminders(request: HttpRequest, key: str) -> HttpResponse:
    """Show and change the reminders of one group, and the person's own name for it."""
    memberships = Membership.objects.active().select_related("group", "person", "group_reminders")
    membership = get_object_or_404(memberships, person=person_of(request), group__key=key)
    form = GroupRemindersForm(request.POST or None, membership=membership)
    if request.method == "POST" and form.is_valid():
        _save_group(membership, form.cleaned_data, timezone.now())
        messages.success(request, _("Saved: %(group)s.") % {"group": membership.group.name})
        return redirect("notifications")
    context = {"form": form, "membership": membership}
    return render(request, "notifications/group_reminders.html", context)


@transaction.atomic
def _save_group(membership: Membership, data: dict[str, Any], now: datetime) -> None:
    set_calendar_name(membership=membership, own_name=data["own_name"], now=now)
    if data["follows"]:
        preferences.follow_general_reminders(membership=membership, now=now)
    else:
        preferences.choose_group_leads(membership=membership, leads=data["leads"], now=now)
