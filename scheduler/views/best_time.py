"""The facilitator's search for the hour of a group."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.rate_limit import Pace
from accounts.views.access import person_of
from civiltime import zones
from civiltime.errors import CommonhourError
from civiltime.recurrence import Rule
from scheduler.actions.groups import choose_anchor_zone
from scheduler.forms.best_time import BestTimeForm
from scheduler.queries.best_time import (
    CountedAvailability,
    counted_availability,
    find,
    heatmap,
    is_enough,
    time_zone_groups,
)
from scheduler.text.availability import days_of_the_week
from scheduler.text.best_time import WHY
from scheduler.views.access import managed_group_or_404

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import Person
    from scheduler.models import Group

SEARCHES: Final = Pace("hour-searches", calls=60, per=timedelta(hours=1))


@login_required
def find_best_time(request: HttpRequest, key: str) -> HttpResponse:
    """Show the best hours of a group, and its week as far as it may be shown."""
    group, by, now = managed_group_or_404(request, key), person_of(request), timezone.now()
    clocks = time_zone_groups(group, by=by)
    form = BestTimeForm(_asked(request, by), clocks=clocks)
    context: dict[str, Any] = {"group": group, "form": form, "days": days_of_the_week()}
    if form.is_valid():
        told = counted_availability(group, by=by, must=form.asking.must)
        tz = zones.zone(form.cleaned_data["tz"])
        context |= {
            "told": told,
            "has_told": str(by.pk) in {one.id for one in told.people},
            "heat": heatmap(group, tz),
            "heat_tz": tz,
            "series": _series_with_next(group),
        } | _answer(group, form, told, by)
    context["now"] = now
    return render(request, "scheduler/best_time/best_time.html", context)


@login_required
@require_POST
def set_anchor_zone(request: HttpRequest, key: str) -> HttpResponse:
    """Hang a group that has no hour yet on another clock."""
    group, by = managed_group_or_404(request, key), person_of(request)
    try:
        allowed = {tz.key: tz for tz in time_zone_groups(group, by=by)}
        tz = allowed.get(request.POST.get("tz", ""), group.tz)
        choose_anchor_zone(by=by, group=group, tz=tz)
        messages.success(request, _("The group’s hour will hang on this clock."))
    except CommonhourError as refusal:
        messages.error(request, str(refusal))
    return redirect(reverse("find_best_time", args=[key]))


def _asked(request: HttpRequest, by: Person) -> dict[str, Any]:
    """Return what was asked for, and what is usual where nothing was."""
    usual = {name: field.initial for name, field in BestTimeForm.base_fields.items()}
    return usual | {"tz": by.tz.key} | request.GET.dict()


def _answer(
    group: Group, form: BestTimeForm, told: CountedAvailability, by: Person
) -> dict[str, Any]:
    """Return what was found, or a sentence that says what to do."""
    now, asking = timezone.now(), form.asking
    if not told.people:
        return {
            "why": _(
                "Nobody has told this group yet when to meet. Ask the members: it takes a minute."
            )
        }
    if not is_enough(told, by=by):
        return {
            "why": _(
                "Too few have told so far: an hour found for one or two would show their weeks. Ask the others."
            )
        }
    if asking.quorum > len(told.people):
        return {"why": _("Fewer people than that have told. Lower the number, or ask the others.")}
    if SEARCHES.wait(f"{by.pk}-{group.pk}", now):
        return {"why": _("That were many searches. The hours stay as good: look again in an hour.")}
    found = find(group, asking, told, by=by, now=now)
    return {"found": found, "why": WHY.get(found.reason) if found.reason else ""}


def _series_with_next(group: Group) -> list[tuple[Any, Any]]:
    """Return the agreed hours that go on, each with its next session: what can be moved."""
    now = timezone.now()
    hours = [
        (
            one,
            one.occurrences.taking_place().filter(starts_at__gt=now).order_by("starts_at").first(),
        )
        for one in group.series.filter(ended_at=None)
    ]
    return [(one, next_) for one, next_ in hours if next_ and Rule.parse(one.rule).count != 1]
