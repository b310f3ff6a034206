"""The sessions of a person's groups, and their seats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views.access import person_of
from civiltime.errors import CommonhourError
from scheduler.actions import recurring_seats, seats
from scheduler.models import Group, Occurrence, Seat
from scheduler.queries.clock_changes import clock_changes_in_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

PAGE_LENGTH: Final = 12


@login_required
def my_sessions(request: HttpRequest) -> HttpResponse:
    """List the sessions of this person's groups, soonest first."""
    person = person_of(request)
    sessions = (
        Occurrence.objects.not_over(timezone.now())
        .filter(group__in=Group.objects.joined_by(person))
        .with_taken()
        .with_seat_of(person)
        .with_group_for_list()
    )
    page = Paginator(sessions, PAGE_LENGTH).get_page(request.GET.get("page"))
    now = timezone.now()
    upcoming = clock_changes_in_zone(person.tz, Group.objects.joined_by(person), now=now)
    context = {"page": page, "upcoming_clock_changes": upcoming, "now": now}
    return render(request, "scheduler/my_sessions.html", context)


@login_required
@require_POST
def seat(request: HttpRequest, key: str) -> HttpResponse:
    """Book a seat, join the waiting list, or decline."""
    person = person_of(request)
    occurrence = get_object_or_404(Occurrence.objects.visible_to(person), key=key)
    try:
        _choose(request)(person=person, occurrence=occurrence, now=timezone.now())
        messages.success(request, _("Noted."))
    except CommonhourError as error:
        messages.error(request, str(error))
    if request.POST.get("back") == "group":
        return redirect("group", key=occurrence.group.key)
    return redirect("my_sessions")


def _choose(request: HttpRequest) -> Callable[..., Seat]:
    if "decline" in request.POST:
        return seats.decline_seat
    return seats.join_waitlist if "wait" in request.POST else seats.book_seat


@login_required
@require_POST
def recurring_seat(request: HttpRequest, key: str, series: int) -> HttpResponse:
    """Book or cancel a recurring seat."""
    mine = get_object_or_404(Group.objects.joined_by(person_of(request)), key=key)
    act = (
        recurring_seats.cancel_recurring_seat
        if "end" in request.POST
        else recurring_seats.book_recurring_seat
    )
    try:
        act(
            person=person_of(request),
            series=get_object_or_404(mine.series, pk=series),
            now=timezone.now(),
        )
        messages.success(request, _("Noted."))
    except CommonhourError as error:
        messages.error(request, str(error))
    return redirect("group", key=key)
