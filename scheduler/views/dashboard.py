"""The facilitator's dashboard, messages to a group, and the seats of one session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from scheduler.actions.messages import message_group
from scheduler.actions.seats import set_seats
from scheduler.forms.dashboard import NOTE_LENGTH, MessageForm, SeatsForm
from scheduler.queries.dashboard import dashboard_of, has_dashboard
from scheduler.text.local_time import short_moment
from scheduler.text.outcomes import members_notified
from scheduler.views.access import managed_group_or_404, managed_session_or_404

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show the facilitator's dashboard."""
    if not has_dashboard(request.user):
        raise Http404
    now = timezone.now()
    context = {
        "dashboard": dashboard_of(person_of(request), now=now),
        "now": now,
        "note_length": NOTE_LENGTH,
        "may_create_group": person_of(request).affiliations.exists(),
    }
    return render(request, "scheduler/dashboard/dashboard.html", context)


@login_required
def message(request: HttpRequest, key: str) -> HttpResponse:
    """Send a message to all members of a group."""
    group = managed_group_or_404(request, key)
    form = MessageForm(request.POST or None, initial={"text": _suggested_text(request)})
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            message_group(
                by=person_of(request), group=group, now=timezone.now(), **form.cleaned_data
            )
            messages.success(
                request,
                _("Sent. {told}").format(told=members_notified(group, by=person_of(request))),
            )
            return redirect("manage_group", key=key)
    return render(request, "scheduler/dashboard/message.html", {"form": form, "group": group})


@login_required
def seats(request: HttpRequest, key: str) -> HttpResponse:
    """Set the number of seats of one session."""
    occurrence = managed_session_or_404(request, key)
    form = SeatsForm(request.POST or None, initial={"capacity": occurrence.capacity})
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            set_seats(
                by=person_of(request),
                occurrence=occurrence,
                now=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(
                request,
                _("Saved. {moment} has {seats} places; free ones go to the waiting list.").format(
                    moment=short_moment(occurrence.starts_at, timezone.now()),
                    seats=form.cleaned_data["capacity"] or occurrence.group.capacity,
                ),
            )
            return redirect("manage_group", key=occurrence.group.key)
    return render(
        request, "scheduler/dashboard/seats.html", {"form": form, "occurrence": occurrence}
    )


def _suggested_text(request: HttpRequest) -> str:
    """Return a suggested message if the page is opened from the best-time search."""
    if "week" not in request.GET:
        return ""
    return _(
        "We are looking for a time that suits as many of us as possible. Please mark, under My "
        "availability, when you can usually come, and share it with this group. It takes a "
        "minute. Nobody sees your own answer, and you can delete it at any time."
    )
