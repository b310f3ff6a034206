"""Request a group that does not exist yet, and answer an offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from civiltime.errors import CommonhourError
from scheduler.actions import group_requests as actions
from scheduler.forms.groups import AliasForm
from scheduler.forms.searches import GroupRequestForm
from scheduler.models import GroupOffer, GroupRequest, Organisation, WeeklyAvailability

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
def request_group(request: HttpRequest) -> HttpResponse:
    """Request a group, list one's requests, or withdraw one."""
    person, now = person_of(request), timezone.now()
    if stopped := request.POST.get("stop"):
        organisation = get_object_or_404(Organisation, key=stopped)
        actions.withdraw_group_request(person=person, organisation=organisation, now=now)
        return redirect("request_group")
    form = GroupRequestForm(request.POST or None, initial={"languages": [person.language]})
    if request.method == "POST" and form.is_valid():
        actions.request_group(person=person, now=now, **form.cleaned_data)
        messages.success(request, _("You are on the list. You are asked when there is a place."))
        return redirect("request_group")
    mine = GroupRequest.objects.open().filter(person=person).order_by("since")
    weeks = WeeklyAvailability.objects.filter(person=person)
    context = {
        "form": form,
        "requests": mine.select_related("organisation").prefetch_related("spoken"),
        "has_week": weeks.exists(),
        "is_counted": weeks.shared_with_coordinators().exists(),
    }
    return render(request, "scheduler/group_requests/request.html", context)


@login_required
def group_offer(request: HttpRequest, offer: str) -> HttpResponse:
    """Show an offer to its person, and take the answer."""
    person = person_of(request)
    offered = get_object_or_404(GroupOffer.objects.offered_to(person), key=offer)
    form = AliasForm(request.POST or None)
    if "decline" in request.POST:
        try:
            actions.decline_group_offer(person=person, offer=offered)
            messages.success(request, _("Thank you for telling us. You are still on the list."))
        except CommonhourError as error:
            messages.error(request, str(error))
        return redirect("my_groups")
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            actions.accept_group_offer(
                person=person, offer=offered, now=timezone.now(), **form.cleaned_data
            )
            messages.success(
                request,
                _("Welcome to {name}. Say “I’m coming” for its next session.").format(
                    name=offered.group.name
                ),
            )
            return redirect("group", offered.group.key)
    first = offered.group.occurrences.not_over(timezone.now()).taking_place().first()
    context = {"offer": offered, "form": form, "first": first}
    return render(request, "scheduler/group_requests/offer.html", context)
