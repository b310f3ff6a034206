"""The facilitator's page of one group: its schedule, applications and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from civiltime.errors import CommonhourError
from scheduler.actions import group_end, invitations, memberships, schedule
from scheduler.actions.groups import describe_group
from scheduler.actions.memberships import HandOver
from scheduler.forms.dashboard import NOTE_LENGTH, AnswerForm
from scheduler.forms.groups import GroupForm, HandOverForm
from scheduler.forms.schedule import CancelForm, MoveForm
from scheduler.models import Group, Series
from scheduler.queries.managed_group import managed_group
from scheduler.text import outcomes
from scheduler.views.access import managed_group_or_404, managed_session_or_404
from scheduler.views.series import strip_of_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


@login_required
def manage_group(request: HttpRequest, key: str) -> HttpResponse:
    """Show everything a facilitator manages in this group, what waits for an answer first."""
    group, now = managed_group_or_404(request, key), timezone.now()
    link = invitations.current_link(group, now=now)
    context = managed_group(group, by=person_of(request), now=now)
    context |= {
        "note_length": NOTE_LENGTH,
        "link": link,
        "link_url": request.build_absolute_uri(link.get_absolute_url()) if link else "",
        "now": now,
    }
    return render(request, "scheduler/manage/group.html", context)


@login_required
def hand_over(request: HttpRequest, key: str) -> HttpResponse:
    """Make another member the facilitator in one's own place."""
    group, by = managed_group_or_404(request, key), person_of(request)
    form = HandOverForm(request.POST or None, group=group, by=by)
    if request.method == "POST" and form.is_valid():
        successor, then = form.cleaned_data["successor"], HandOver(form.cleaned_data["then"])
        with errors_shown_on(form):
            memberships.hand_over(
                by=by, group=group, successor=successor, then=then, now=timezone.now()
            )
            messages.success(request, outcomes.handed_over(successor, then))
            is_still_managing = then == HandOver.CO_FACILITATE
            return redirect("manage_group", key) if is_still_managing else redirect("my_groups")
    context = {"form": form, "group": group, "has_others": form.has_others}
    return render(request, "scheduler/manage/hand_over.html", context)


@login_required
@require_POST
def end_group(request: HttpRequest, key: str) -> HttpResponse:
    """End a group, or reopen it."""
    group, by = managed_group_or_404(request, key), person_of(request)
    if "reopen" in request.POST:
        group_end.reopen_group(by=by, group=group)
        messages.success(request, _("The group is open again. Add a time for its next sessions."))
    else:
        group_end.end_group(by=by, group=group, now=timezone.now())
        messages.success(request, outcomes.group_ended(group, by=by))
    return redirect("manage_group", key=key)


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
        time_zones=[occurrence.tz, occurrence.group.tz, person_of(request).tz],
    )
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            moved = schedule.move_occurrence(
                by=person_of(request),
                occurrence=occurrence,
                starts_local=form.starts_local,
                tz=form.tz_chosen,
                duration_minutes=form.cleaned_data["duration_minutes"],
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
            messages.success(
                request,
                outcomes.session_moved(moved, by=person_of(request), now=timezone.now()),
            )
            return redirect("manage_group", key=occurrence.group.key)
    strip = strip_of_form(form, occurrence.group, by=person_of(request))
    context = {"form": form, "occurrence": occurrence, "strip": strip}
    return render(request, "scheduler/manage/move.html", context)


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
            messages.success(
                request,
                outcomes.session_cancelled(occurrence, by=person_of(request), now=timezone.now()),
            )
            return redirect("manage_group", key=occurrence.group.key)
    return render(request, "scheduler/manage/cancel.html", {"form": form, "occurrence": occurrence})


@login_required
@require_POST
def restore(request: HttpRequest, key: str) -> HttpResponse:
    """Restore a cancelled session."""
    occurrence, by, now = managed_session_or_404(request, key), person_of(request), timezone.now()
    return _do(
        request,
        occurrence.group,
        lambda: schedule.restore_occurrence(by=by, occurrence=occurrence, now=now),
        said=outcomes.session_restored(occurrence, by=by, now=now),
    )


@login_required
@require_POST
def end_series(request: HttpRequest, key: str, series: int) -> HttpResponse:
    """End a series."""
    group, by = managed_group_or_404(request, key), person_of(request)
    ended = get_object_or_404(Series, group=group, pk=series)
    return _do(
        request,
        group,
        lambda: schedule.end_series(by=by, series=ended, now=timezone.now()),
        said=outcomes.series_ended(ended, by=by),
    )


@login_required
@require_POST
def answer(request: HttpRequest, key: str, membership: int) -> HttpResponse:
    """Answer an application."""
    group = managed_group_or_404(request, key)
    asked = get_object_or_404(group.memberships, pk=membership)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A note has room for 300 characters."))
        return _back(request, group)
    is_accepted = "welcome" in request.POST
    return _do(
        request,
        group,
        lambda: memberships.answer_application(
            by=person_of(request),
            membership=asked,
            is_accepted=is_accepted,
            note=form.cleaned_data["note"],
            now=timezone.now(),
        ),
        said=outcomes.application_answered(asked, is_accepted=is_accepted),
    )


@login_required
@require_POST
def change_member(request: HttpRequest, key: str, membership: int) -> HttpResponse:
    """Make a member co-facilitator or a co-facilitator a member, or remove a person."""
    group, by, now = managed_group_or_404(request, key), person_of(request), timezone.now()
    member = get_object_or_404(group.memberships, pk=membership)
    if "co_facilitate" in request.POST:
        return _do(
            request,
            group,
            lambda: memberships.make_co_facilitator(by=by, membership=member),
            said=outcomes.made_co_facilitator(member),
        )
    if "step_down" in request.POST:
        is_own = member.person_id == by.pk
        return _do(
            request,
            group,
            lambda: memberships.step_down(by=by, membership=member, now=now),
            said=outcomes.stepped_down(member, is_own=is_own),
            to="my_groups" if is_own else "",
        )
    return _do(
        request,
        group,
        lambda: memberships.remove_member(by=by, membership=member, now=now),
        said=outcomes.removed(member),
    )


def _do(
    request: HttpRequest, group: Group, act: Callable[[], None], *, said: str, to: str = ""
) -> HttpResponse:
    """Run an action, say what happened or why it did not, and return to the page it came from."""
    try:
        act()
    except CommonhourError as error:
        messages.error(request, str(error))
        return _back(request, group)
    messages.success(request, said)
    return redirect(to) if to else _back(request, group)


def _back(request: HttpRequest, group: Group) -> HttpResponse:
    if request.POST.get("back") == "dashboard":
        return redirect("dashboard")
    return redirect("manage_group", key=group.key)
