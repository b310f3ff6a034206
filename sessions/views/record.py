"""Attendance and removals of a group, for its facilitators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views.access import person_of
from civiltime.errors import CommonhourError
from scheduler.models import Group
from sessions.actions.removals import review_removal
from sessions.models import Attendance, Removal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_LENGTH: Final = 12


@login_required
def record(request: HttpRequest, key: str) -> HttpResponse:
    """Show who attended a group's sessions, by alias, and the removals to review."""
    group = _facilitated_or_404(request, key)
    held = group.occurrences.filter(
        Q(attendance_count__isnull=False)
        | Q(pk__in=Attendance.objects.filter(occurrence__group=group).values("occurrence"))
    )
    sessions = held.select_related("attendance_count").prefetch_related("attendances__membership")
    removals = Removal.objects.to_review(group).select_related("occurrence", "membership", "by")
    context = {
        "group": group,
        "page": Paginator(sessions.order_by("-starts_at"), PAGE_LENGTH).get_page(
            request.GET.get("page")
        ),
        "removals": removals,
    }
    return render(request, "sessions/record.html", context)


@login_required
@require_POST
def review(request: HttpRequest, key: str, removal: int) -> HttpResponse:
    """Uphold or reject a removal from the group."""
    group = _facilitated_or_404(request, key)
    about = get_object_or_404(Removal, pk=removal, occurrence__group=group)
    is_upheld = "remove" in request.POST
    by = person_of(request)
    try:
        review_removal(by=by, removal=about, is_upheld=is_upheld, now=timezone.now())
        messages.success(request, _("Decided. Thank you for looking twice."))
    except CommonhourError as refusal:
        messages.error(request, str(refusal))
    return redirect("group_record", key=key)


def _facilitated_or_404(request: HttpRequest, key: str) -> Group:
    return get_object_or_404(Group.objects.facilitated_by(person_of(request)), key=key)
