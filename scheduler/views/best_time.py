"""The facilitator's page that searches the best meeting time of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views.access import person_of
from civiltime import zones
from civiltime.errors import CommonhourError
from civiltime.recurrence import Rule
from scheduler.actions.best_time import BestTimeRefused, search_best_times
from scheduler.actions.groups import choose_anchor_zone
from scheduler.forms.best_time import BestTimeForm
from scheduler.queries.best_time import (
    CountedAvailability,
    counted_availability,
    heatmap_by_hour,
    nameable_zones,
)
from scheduler.text.availability import weekday_names
from scheduler.text.best_time import REASONS
from scheduler.text.heat_map import busiest_in_words, heat_rows
from scheduler.text.local_time import zone_name
from scheduler.text.zone_strip import zone_strip
from scheduler.views.access import managed_group_or_404

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from django.http import HttpRequest, HttpResponse

    from accounts.models import Person
    from scheduler.models import Group
    from scheduler.queries.best_time import BestTimeCandidate
    from scheduler.text.zone_strip import ZoneStrip


@login_required
def find_best_time(request: HttpRequest, key: str) -> HttpResponse:
    """Show the best meeting times of a group and its availability heatmap."""
    group, by, now = managed_group_or_404(request, key), person_of(request), timezone.now()
    form = BestTimeForm(_query_data(request, by), time_zones=nameable_zones(group, by=by))
    context: dict[str, Any] = {"group": group, "form": form, "days": weekday_names()}
    if form.is_valid():
        counted = counted_availability(group, by=by, attendance=form.query.attendance)
        tz = zones.zone(form.cleaned_data["tz"])
        context |= {
            "counted": counted,
            "is_counted": str(by.pk) in {one.id for one in counted.people},
            "heat_tz": tz,
            "series": _series_with_next(group),
            "week_url": request.build_absolute_uri(reverse("my_week")),
        }
        context |= _heat(group, tz) | _search(group, form, counted, by)
    context["now"] = now
    return render(request, "scheduler/best_time/best_time.html", context)


@login_required
@require_POST
def set_anchor_zone(request: HttpRequest, key: str) -> HttpResponse:
    """Set the anchor zone of a group without a series, to one of the zones that may be named."""
    group, by = managed_group_or_404(request, key), person_of(request)
    try:
        allowed = {tz.key: tz for tz in nameable_zones(group, by=by)}
        tz = allowed.get(request.POST.get("tz", ""), group.tz)
        choose_anchor_zone(by=by, group=group, tz=tz)
        messages.success(
            request, _("The group’s time zone is now {place}.").format(place=zone_name(tz))
        )
    except CommonhourError as error:
        messages.error(request, str(error))
    return redirect(reverse("find_best_time", args=[key]))


def _query_data(request: HttpRequest, by: Person) -> dict[str, Any]:
    """Return the query parameters over the form's defaults."""
    usual = {name: field.initial for name, field in BestTimeForm.base_fields.items()}
    return usual | {"tz": by.tz.key} | request.GET.dict()


def _search(
    group: Group, form: BestTimeForm, counted: CountedAvailability, by: Person
) -> dict[str, Any]:
    """Return the result for the template, or the sentence that says why there is none."""
    try:
        result = search_best_times(
            by=by, group=group, query=form.query, counted=counted, now=timezone.now()
        )
    except BestTimeRefused as error:
        return {"why": str(error)}
    return {
        "result": result,
        "strip": _strip(result.candidates[0], group, by) if result.candidates else None,
        "why": REASONS.get(result.reason) if result.reason else "",
    }


def _strip(candidate: BestTimeCandidate, group: Group, by: Person) -> ZoneStrip:
    """Return the first meeting at a candidate, in the reader's day."""
    return zone_strip(
        zones.resolve_local(candidate.first_local, group.tz),
        candidate.minutes,
        first=by.tz,
        group=group.tz,
        reader=by.tz,
        others=[zone_time.tz for zone_time in candidate.zone_times],
    )


def _heat(group: Group, tz: ZoneInfo) -> dict[str, Any]:
    """Return the heatmap for the template, if the group has one."""
    found = heatmap_by_hour(group, tz)
    if found is None:
        return {}
    heatmap, by_hour = found
    return {
        "heat": heatmap,
        "heat_rows": heat_rows(by_hour, heatmap.people),
        "busiest": busiest_in_words(by_hour),
    }


def _series_with_next(group: Group) -> list[tuple[Any, Any]]:
    """Return the recurring series, each with its next session: these can be moved."""
    now = timezone.now()
    hours = [
        (
            one,
            one.occurrences.taking_place().filter(starts_at__gt=now).order_by("starts_at").first(),
        )
        for one in group.series.filter(ended_at=None)
    ]
    return [(one, next_) for one, next_ in hours if next_ and Rule.parse(one.rule).count != 1]
