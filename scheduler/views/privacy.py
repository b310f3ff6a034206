"""What others see of a person, and what they can learn from their availability."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.views.access import person_of
from scheduler.models import Membership

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
@require_safe
def my_privacy(request: HttpRequest) -> HttpResponse:
    """Show the person's alias in each group, and what is seen beside it."""
    memberships = Membership.objects.active().filter(
        person=person_of(request), group__closed_at=None
    )
    context = {"memberships": memberships.select_related("group").order_by("group__name")}
    return render(request, "scheduler/privacy.html", context)


@login_required
@require_safe
def week_privacy(request: HttpRequest) -> HttpResponse:
    """Show what others can learn from a person's availability."""
    return render(request, "scheduler/availability/privacy.html")
