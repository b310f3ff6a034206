"""The facilitator's pages of one session, and the history of a schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from civiltime.errors import CommonhourError
from scheduler.actions import schedule
from scheduler.actions.cover import appoint_substitute
from scheduler.forms.schedule import AddForm, ResizeForm, SubstituteForm
from scheduler.queries.cover_candidates import cover_candidates
from scheduler.text import outcomes
from scheduler.views.access import managed_group_or_404, managed_session_or_404
from scheduler.views.series import strip_of_form, usual_time

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_LENGTH: Final = 20


@login_required
def manage_session(request: HttpRequest, key: str) -> HttpResponse:
    """Show one session with everything a facilitator can change."""
    occurrence = managed_session_or_404(request, key)
    context = {
        "occurrence": occurrence,
        "resize": ResizeForm(initial={"duration_minutes": occurrence.minutes}),
        "cover": SubstituteForm(group=occurrence.group),
        "changes": occurrence.changes.top_level().select_related("group").reverse(),
        "can_find_cover": bool(cover_candidates(occurrence=occurrence, without=person_of(request))),
        "now": timezone.now(),
    }
    return render(request, "scheduler/manage/session.html", context)


@login_required
def resize(request: HttpRequest, key: str) -> HttpResponse:
    """Change the length of one session."""
    occurrence = managed_session_or_404(request, key)
    form = ResizeForm(request.POST or None, initial={"duration_minutes": occurrence.minutes})
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            resized = schedule.resize_occurrence(
                by=person_of(request), occurrence=occurrence, now=timezone.now(),
                **form.cleaned_data,
            )  # fmt: skip
            messages.success(request, outcomes.session_resized(resized, now=timezone.now()))
            return redirect("manage_session", key=key)
    context = {"form": form, "occurrence": occurrence}
    return render(request, "scheduler/manage/resize.html", context)


@login_required
@require_POST
def appoint(request: HttpRequest, key: str) -> HttpResponse:
    """Appoint another facilitator of the group to lead one session."""
    occurrence = managed_session_or_404(request, key)
    form = SubstituteForm(request.POST, group=occurrence.group)
    if form.is_valid():
        try:
            chosen = form.cleaned_data["membership"]
            appoint_substitute(
                by=person_of(request), occurrence=occurrence, membership=chosen, now=timezone.now()
            )
            said = outcomes.leader_chosen(occurrence, chosen, now=timezone.now())
            messages.success(request, said)
        except CommonhourError as error:
            messages.error(request, str(error))
    return redirect("manage_session", key=key)


@login_required
def add_session(request: HttpRequest, key: str) -> HttpResponse:
    """Add one extra session."""
    group = managed_group_or_404(request, key)
    form = AddForm(request.POST or None, initial=usual_time(group))
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            added = schedule.add_occurrence(
                by=person_of(request),
                group=group,
                starts_local=form.starts_local,
                duration_minutes=form.cleaned_data["duration_minutes"],
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
            messages.success(request, outcomes.session_added(added, now=timezone.now()))
            return redirect("manage_group", key=key)
    strip = strip_of_form(form, group, by=person_of(request))
    context = {"form": form, "group": group, "strip": strip}
    return render(request, "scheduler/manage/add_session.html", context)


@login_required
def history(request: HttpRequest, key: str) -> HttpResponse:
    """List the changes of a group's schedule, the newest first."""
    group = managed_group_or_404(request, key)
    changes = group.schedule_changes.top_level().with_author_alias().order_by("-at", "-pk")
    context = {
        "group": group,
        "page": Paginator(changes, PAGE_LENGTH).get_page(request.GET.get("page")),
        "last": group.schedule_changes.last_undoable(timezone.now()),
    }
    return render(request, "scheduler/manage/history.html", context)


@login_required
@require_POST
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """Undo the last change."""
    group = managed_group_or_404(request, key)
    try:
        schedule.undo_last_change(by=person_of(request), group=group, now=timezone.now())
        messages.success(request, _("Undone. Every session is as it was before."))
    except CommonhourError as error:
        messages.error(request, str(error))
    return redirect("schedule_history", key=key)
