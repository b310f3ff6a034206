"""The rule editor: controls for a series, with a preview before it is saved."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from civiltime import zones
from civiltime.recurrence import Rule, can_begin
from scheduler.actions import schedule
from scheduler.forms.schedule import MoveForm
from scheduler.forms.series import FollowingForm, SeriesForm, controls_of
from scheduler.queries.member_time_zones import member_time_zones
from scheduler.queries.schedule_preview import SHIFT_MINUTES, Preview, preview
from scheduler.text import outcomes
from scheduler.text.zone_strip import zone_strip
from scheduler.views.access import managed_group_or_404, managed_session_or_404

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import Person
    from scheduler.forms.schedule import WhenForm
    from scheduler.models import Group, Occurrence
    from scheduler.text.zone_strip import ZoneStrip

    F = TypeVar("F", bound=SeriesForm)

USUAL_START: Final = time(18)
USUAL_MINUTES: Final = 60
PREVIEW_BUTTONS: Final = {"preview", "shift"}


@login_required
def add_series(request: HttpRequest, key: str) -> HttpResponse:
    """Preview a series, or create it."""
    group = managed_group_or_404(request, key)
    form = _shifted(SeriesForm(request.POST or None, initial=usual_time(group)), request)
    shown = _preview(request, group, form)
    if shown and _is_confirmed(request, shown):
        with errors_shown_on(form):
            created = schedule.create_series(
                by=person_of(request),
                group=group,
                first_local=form.starts_local,
                rule=form.rule,
                duration_minutes=form.cleaned_data["duration_minutes"],
                now=timezone.now(),
            )
            messages.success(request, outcomes.series_created(created))
            return redirect("manage_group", key=key)
    context = {"form": form, "group": group} | _shown(request, group, form, shown)
    return render(request, "scheduler/manage/add_series.html", context)


@login_required
def change_following(request: HttpRequest, key: str) -> HttpResponse:
    """Preview or save a change of one session and all that follow it."""
    occurrence = managed_session_or_404(request, key)
    form = _shifted(FollowingForm(request.POST or None, initial=_agreed(occurrence)), request)
    shown = _preview(request, occurrence.group, form)
    if shown and _is_confirmed(request, shown):
        with errors_shown_on(form):
            schedule.continue_series(
                by=person_of(request),
                occurrence=occurrence,
                first_local=form.starts_local,
                rule=form.rule,
                duration_minutes=form.cleaned_data["duration_minutes"],
                keeps_moved=form.cleaned_data["keeps_moved"],
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
            told = outcomes.members_notified(occurrence.group, by=person_of(request))
            messages.success(request, _("Changed from here on. {told}").format(told=told))
            return redirect("manage_group", key=occurrence.group.key)
    context = {"form": form, "group": occurrence.group, "occurrence": occurrence}
    context |= _shown(request, occurrence.group, form, shown)
    return render(request, "scheduler/manage/change_following.html", context)


@login_required
@require_POST
def preview_series(request: HttpRequest, key: str) -> HttpResponse:
    """Render the preview part of the editor."""
    group = managed_group_or_404(request, key)
    form = SeriesForm(request.POST)
    context = {"group": group, "form": form}
    context |= _shown(request, group, form, _preview(request, group, form))
    return render(request, "scheduler/manage/preview.html", context)


@login_required
@require_POST
def preview_time(request: HttpRequest, key: str) -> HttpResponse:
    """Render the strip of one session whose form is being filled in."""
    group = managed_group_or_404(request, key)
    by = person_of(request)
    zones_known = [group.tz, by.tz]
    form = MoveForm({"tz": group.tz.key} | request.POST.dict(), time_zones=zones_known)
    strip = strip_of_form(form, group, by=by)
    return render(request, "scheduler/manage/time_preview.html", {"strip": strip})


def strip_of_form(form: WhenForm, group: Group, *, by: Person) -> ZoneStrip | None:
    """Return the strip of the time in a form, or of its initial time; None if it has neither."""
    if form.is_bound:
        form.is_valid()
    given = form.cleaned_data if form.is_bound else form.initial
    on, starts = given.get("on"), given.get("starts")
    if not on or not starts or not can_begin(datetime.combine(on, starts)):
        return None
    tz = zones.zone(given.get("tz") or group.tz.key)
    at = zones.resolve_local(datetime.combine(on, starts), tz)
    named = member_time_zones(group, without=by).named
    return zone_strip(
        at,
        given.get("duration_minutes") or USUAL_MINUTES,
        first=tz,
        group=group.tz,
        reader=by.tz,
        others=[zone for zone, _people in named],
    )


def _shown(
    request: HttpRequest, group: Group, form: SeriesForm, shown: Preview | None
) -> dict[str, Any]:
    return {"preview": shown, "strip": strip_of_form(form, group, by=person_of(request))}


def usual_time(group: Group) -> dict[str, Any]:
    """Return the time that the form begins with: tomorrow evening."""
    tomorrow = timezone.localdate(timezone=group.tz) + timedelta(days=1)
    return {"on": tomorrow, "starts": USUAL_START, "duration_minutes": USUAL_MINUTES}


def _agreed(occurrence: Occurrence) -> dict[str, Any]:
    """Return the form's initial values from the present series."""
    series = occurrence.series
    if series is None:
        return {}
    rule = Rule.parse(series.rule)
    return controls_of(rule, occurrence.original_local, series.duration_minutes)


def _shifted(form: F, request: HttpRequest) -> F:
    """Return the form with its time shifted by the minutes of the pressed button."""
    minutes = request.POST.get("shift", "")
    if minutes not in map(str, SHIFT_MINUTES) or not form.is_valid():
        return form
    later = form.starts_local + timedelta(minutes=int(minutes))
    data = request.POST.copy()
    data["on"], data["starts"] = later.date().isoformat(), f"{later:%H:%M}"
    return type(form)(data, initial=form.initial)


def _preview(request: HttpRequest, group: Group, form: SeriesForm) -> Preview | None:
    if request.method != "POST" or not form.is_valid():
        return None
    return preview(
        form.rule,
        first_local=form.starts_local,
        tz=group.tz,
        member_zones=member_time_zones(group, without=person_of(request)),
        now=timezone.now(),
    )


def _is_confirmed(request: HttpRequest, shown: Preview) -> bool:
    """Whether to save: not from a preview button, and a clock change is accepted."""
    return not PREVIEW_BUTTONS & set(request.POST) and (
        shown.gap_or_overlap is None or "accept" in request.POST
    )
