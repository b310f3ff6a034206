"""The sessions of a person's groups, and their seats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views.access import page_before, person_of
from civiltime.errors import CommonhourError
from civiltime.recurrence import Rule
from scheduler.actions import recurring_seats, seats
from scheduler.models import Group, Occurrence, Seat
from scheduler.queries.clock_changes import clock_changes_in_zone
from scheduler.text.schedule import rule_in_words
from scheduler.text.seats import seat_in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from accounts.models import Person

PAGE_LENGTH: Final = 12


@login_required
def my_sessions(request: HttpRequest) -> HttpResponse:
    """List the sessions of this person's groups, soonest first, and the next one to come to."""
    person, now = person_of(request), timezone.now()
    sessions = (
        Occurrence.objects.not_over(now)
        .filter(group__in=Group.objects.joined_by(person))
        .with_taken()
        .with_seat_of(person)
        .with_group_for_list()
    )
    context = {
        "page": Paginator(sessions, PAGE_LENGTH).get_page(request.GET.get("page")),
        "next": _next_session(sessions.taking_place(), person),
        "upcoming_clock_changes": clock_changes_in_zone(
            person.tz, Group.objects.joined_by(person), now=now
        ),
        "now": now,
    }
    return render(request, "scheduler/my_sessions.html", context)


def _next_session(ahead: QuerySet[Occurrence], person: Person) -> Occurrence | None:
    """Return the first session that the person comes to, else the first one they can still answer."""
    going = Seat.objects.going().filter(membership__person=person).values("occurrence")
    is_open = Q(my_seat=None) | ~Q(my_seat__in=[Seat.State.DECLINED, Seat.State.WAITLISTED])
    return ahead.filter(pk__in=going).first() or ahead.filter(is_open).first()


@login_required
@require_POST
def seat(request: HttpRequest, key: str) -> HttpResponse:
    """Book a seat, join the waiting list, or decline; return to the row that was pressed."""
    person = person_of(request)
    occurrence = get_object_or_404(Occurrence.objects.visible_to(person), key=key)
    try:
        chosen = _choose(request)(person=person, occurrence=occurrence, now=timezone.now())
        messages.success(request, seat_in_words(chosen, occurrence), extra_tags=occurrence.key)
    except seats.TooLate as error:
        messages.error(request, str(error))  # its row may be gone
    except CommonhourError as error:
        messages.error(request, str(error), extra_tags=occurrence.key)
    pages = {"group": occurrence.group.get_absolute_url(), "mine": reverse("my_sessions")}
    back = request.POST.get("back", "")
    # The room has no row for the answer, so it sends people to their sessions.
    page = (page_before(request) if back != "mine" else "") or pages.get(back, pages["mine"])
    return redirect(f"{page}#session-{occurrence.key}")


def _choose(request: HttpRequest) -> Callable[..., Seat]:
    if "decline" in request.POST:
        return seats.decline_seat
    return seats.join_waitlist if "wait" in request.POST else seats.book_seat


@login_required
@require_POST
def recurring_seat(request: HttpRequest, key: str, series: int) -> HttpResponse:
    """Book or cancel a recurring seat."""
    person = person_of(request)
    group = get_object_or_404(Group.objects.joined_by(person), key=key)
    chosen = get_object_or_404(group.series, pk=series)
    try:
        if "end" in request.POST:
            recurring_seats.cancel_recurring_seat(person=person, series=chosen, now=timezone.now())
            text = _("You no longer come every time. Say for each session whether you come.")
        else:
            recurring_seats.book_recurring_seat(person=person, series=chosen, now=timezone.now())
            text = _("You're coming every time: %(rule)s.") % {
                "rule": rule_in_words(Rule.parse(chosen.rule), chosen.first_local)
            }
        messages.success(request, text)
    except CommonhourError as error:
        messages.error(request, str(error))
    return redirect(page_before(request) or group)
