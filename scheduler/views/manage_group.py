"""The facilitator's page of one group: its schedule, applications and people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from civiltime.errors import CommonhourError
from scheduler.actions import memberships, schedule
from scheduler.actions.groups import describe_group
from scheduler.forms.dashboard import NOTE_LENGTH, AnswerForm
from scheduler.forms.groups import GroupForm
from scheduler.forms.schedule import CancelForm, MoveForm
from scheduler.models import Group, Membership, Series
from scheduler.queries.clock_changes import clock_changes_by_zone
from scheduler.queries.member_time_zones import member_time_zones
from scheduler.views.access import managed_group_or_404, managed_session_or_404

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

SESSIONS_SHOWN: Final = 8


@login_required
def manage_group(request: HttpRequest, key: str, *, code: str = "") -> HttpResponse:
    """Show everything a facilitator manages in this group."""
    group = managed_group_or_404(request, key)
    people = group.memberships.order_by("alias")
    context = {
        "group": group,
        "sessions": group.occurrences.not_over(timezone.now()).with_taken()[:SESSIONS_SHOWN],
        "series": group.series.filter(ended_at=None),
        "applications": people.unanswered().select_related("group"),
        "note_length": NOTE_LENGTH,
        "zone_clock_changes": clock_changes_by_zone(
            group, member_time_zones(group, without=person_of(request)), now=timezone.now()
        ),
        "members": people.filter(state=Membership.State.ACTIVE),
        "code": code,
        "now": timezone.now(),
    }
    return render(request, "scheduler/manage/group.html", context)


@login_required
def describe(request: HttpRequest, key: str) -> HttpResponse:
    """Change a group's description."""
    group = managed_group_or_404(request, key)
    form = GroupForm(request.POST or None, instance=group, initial={"languages": group.languages})
    del form.fields["tz"]
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            describe_group(
                by=person_of(request), group=group, now=timezone.now(), **form.cleaned_data
            )
            return redirect("manage_group", key=key)
    return render(request, "scheduler/manage/describe.html", {"form": form, "group": group})


@login_required
def move(request: HttpRequest, key: str) -> HttpResponse:
    """Move one session."""
    occurrence = managed_session_or_404(request, key)
    minutes = int((occurrence.ends_at - occurrence.starts_at).total_seconds() // 60)
    form = MoveForm(
        request.POST or None,
        initial={
            "on": occurrence.starts_local.date(),
            "starts": occurrence.starts_local.time(),
            "duration_minutes": minutes,
            "tz": occurrence.tz.key,
        },
    )
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            schedule.move_occurrence(
                by=person_of(request),
                occurrence=occurrence,
                starts_local=form.starts_local,
                tz=form.tz_chosen,
                duration_minutes=form.cleaned_data["duration_minutes"],
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
            messages.success(request, _("Moved. Members will hear of it."))
            return redirect("manage_group", key=occurrence.group.key)
    return render(request, "scheduler/manage/move.html", {"form": form, "occurrence": occurrence})


@login_required
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Cancel one session."""
    occurrence = managed_session_or_404(request, key)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            schedule.cancel_occurrence(
                by=person_of(request),
                occurrence=occurrence,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
            messages.success(request, _("Cancelled. Members will hear of it."))
            return redirect("manage_group", key=occurrence.group.key)
    return render(request, "scheduler/manage/cancel.html", {"form": form, "occurrence": occurrence})


@login_required
@require_POST
def restore(request: HttpRequest, key: str) -> HttpResponse:
    """Restore a cancelled session."""
    occurrence = managed_session_or_404(request, key)
    return _do(
        request,
        occurrence.group,
        lambda: schedule.restore_occurrence(
            by=person_of(request), occurrence=occurrence, now=timezone.now()
        ),
    )


@login_required
@require_POST
def end_series(request: HttpRequest, key: str, series: int) -> HttpResponse:
    """End a series."""
    group = managed_group_or_404(request, key)
    ended = get_object_or_404(Series, group=group, pk=series)
    return _do(
        request,
        group,
        lambda: schedule.end_series(by=person_of(request), series=ended, now=timezone.now()),
    )


@login_required
@require_POST
def answer(request: HttpRequest, key: str, membership: int) -> HttpResponse:
    """Answer an application."""
    group = managed_group_or_404(request, key)
    asked = get_object_or_404(group.memberships, pk=membership)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A kind word has room for 300 characters."))
        return _back(request, group)
    return _do(
        request,
        group,
        lambda: memberships.answer_application(
            by=person_of(request),
            membership=asked,
            is_accepted="welcome" in request.POST,
            note=form.cleaned_data["note"],
            now=timezone.now(),
        ),
    )


@login_required
@require_POST
def change_member(request: HttpRequest, key: str, membership: int) -> HttpResponse:
    """Make a member co-facilitator, or remove them."""
    group = managed_group_or_404(request, key)
    member = get_object_or_404(group.memberships, pk=membership)
    by = person_of(request)
    if "co_facilitate" in request.POST:
        return _do(
            request, group, lambda: memberships.make_co_facilitator(by=by, membership=member)
        )
    return _do(
        request,
        group,
        lambda: memberships.remove_member(by=by, membership=member, now=timezone.now()),
    )


@login_required
@require_POST
def invite(request: HttpRequest, key: str) -> HttpResponse:
    """Show a new invitation code once."""
    group = managed_group_or_404(request, key)
    code = memberships.invite(by=person_of(request), group=group, now=timezone.now())
    return manage_group(request, key, code=code)


def _do(request: HttpRequest, group: Group, act: Callable[[], None]) -> HttpResponse:
    """Run an action, show its error if there is one, and return to the page it came from."""
    try:
        act()
    except CommonhourError as error:
        messages.error(request, str(error))
    return _back(request, group)


def _back(request: HttpRequest, group: Group) -> HttpResponse:
    if request.POST.get("back") == "dashboard":
        return redirect("dashboard")
    return redirect("manage_group", key=group.key)
