"""Pages to request cover, to answer an invitation, and to set waking hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from civiltime.errors import CommonhourError
from scheduler.actions import cover as actions
from scheduler.actions.organisations import choose_waking_hours
from scheduler.forms.dashboard import AcceptCoverForm, WakingHoursForm
from scheduler.models import CoverInvitation
from scheduler.queries.cover_candidates import cover_candidates
from scheduler.text import outcomes
from scheduler.views.access import managed_session_or_404

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


HOURS: Final = ("awake_from", "awake_until", "max_sessions_per_week")


@login_required
def find(request: HttpRequest, key: str) -> HttpResponse:
    """Request cover, show who answered, or withdraw the request."""
    occurrence, by = managed_session_or_404(request, key), person_of(request)
    if request.method == "POST":
        act = (
            actions.withdraw_cover_request
            if "withdraw_cover_request" in request.POST
            else actions.request_cover
        )
        try:
            act(by=by, occurrence=occurrence, now=timezone.now())
            is_withdrawn = "withdraw_cover_request" in request.POST
            messages.success(
                request,
                outcomes.cover_withdrawn(occurrence, now=timezone.now())
                if is_withdrawn
                else _("Asked. We will tell you when somebody accepts."),
            )
        except CommonhourError as error:
            messages.error(request, str(error))
        return redirect("find_cover", key=key)
    context = {
        "occurrence": occurrence,
        "could_be_asked": len(cover_candidates(occurrence=occurrence, without=by)),
        "request_now": occurrence.cover_requests.open_with_counts().first(),
    }
    return render(request, "scheduler/cover/find.html", context)


@login_required
def covering(request: HttpRequest) -> HttpResponse:
    """List a person's invitations and covered sessions; set their waking hours."""
    person, now = person_of(request), timezone.now()
    affiliation = get_object_or_404(person.affiliations.order_by("pk")[:1])
    hours = {name: getattr(affiliation, name) for name in HOURS}
    hours["languages"] = list(affiliation.spoken.values_list("language", flat=True))
    form = WakingHoursForm(request.POST or None, initial=hours)
    if request.method == "POST" and form.is_valid():
        choose_waking_hours(person=person, **form.cleaned_data)
        messages.success(request, _("Saved. You are asked only between these times."))
        return redirect("covering")
    mine = CoverInvitation.objects.filter(person=person).order_by_start()
    context = {"form": form, "asked": mine.waiting(now), "accepted": mine.accepted(now), "now": now}
    return render(request, "scheduler/cover/covering.html", context)


@login_required
def cover(request: HttpRequest, invitation: str) -> HttpResponse:
    """Show an invitation to the invited person, and take the answer."""
    person = person_of(request)
    own = CoverInvitation.objects.filter(person=person).order_by_start()
    asked = get_object_or_404(own, key=invitation)
    occurrence = asked.request.occurrence
    membership = occurrence.group.memberships.filter(person=person).first()
    form = AcceptCoverForm(request.POST or None, membership=membership)
    if request.method == "POST" and "decline" in request.POST:
        actions.decline_cover(person=person, invitation=asked, now=timezone.now())
        messages.success(request, _("Thank you for telling us. The others are still asked."))
        return redirect("cover", invitation)
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            actions.accept_cover(
                person=person, invitation=asked, now=timezone.now(), **form.cleaned_data
            )
            said = outcomes.cover_accepted(occurrence, now=timezone.now())
            messages.success(request, said)
            return redirect("cover", invitation)
    context = {"invitation": asked, "occurrence": occurrence, "form": form}
    return render(
        request,
        "scheduler/cover/cover.html",
        context | {"is_mine": asked.request.taken_by_id == person.pk, "now": timezone.now()},
    )
