"""Pages of a person's own weekly availability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from civiltime.errors import CommonhourError
from optimizer.weekly_availability import UNSET_WEEK
from scheduler.actions import availability
from scheduler.forms.availability import SeasonForm, SharesForm, WindowForm
from scheduler.models import AvailabilitySeason, AvailabilityWindow, WeeklyAvailability
from scheduler.rules.availability_presets import PRESETS
from scheduler.text.availability import (
    LEVELS,
    availability_rows,
    decode_cells,
    encode_cells,
    hourly_cells,
    weekday_names,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import Person


@login_required
def my_week(request: HttpRequest) -> HttpResponse:
    """Show the week or a season's week, or save all of its cells."""
    person = person_of(request)
    season = _season(request, person)
    if request.method == "POST":
        cells = decode_cells(request.POST.get("cells", ""))
        _try(request, lambda: availability.set_weekly_availability(
            person=person, cells=cells, season=season, now=timezone.now()))  # fmt: skip
        return _back(season)
    return _page(request, season)


@login_required
def add_week_window(request: HttpRequest) -> HttpResponse:
    """Add one window."""
    person = person_of(request)
    season, form = _season(request, person), WindowForm(request.POST or None)
    if form.is_valid():
        availability.add_windows(
            person=person, windows=[form.window], season=season, now=timezone.now()
        )
        messages.success(request, _("These hours are added."))
        return _back(season)
    return _page(request, season, window_form=form)


@login_required
@require_POST
def add_week_preset(request: HttpRequest) -> HttpResponse:
    """Add the windows of a preset."""
    person = person_of(request)
    season, preset = _season(request, person), PRESETS.get(request.POST.get("preset", ""))
    if preset:
        availability.add_windows(
            person=person, windows=preset.windows, season=season, now=timezone.now()
        )
        messages.success(
            request,
            _("Added: %(preset)s. Change whatever is different for you.") % {"preset": preset.name},
        )
    return _back(season)


@login_required
@require_POST
def clear_week_windows(request: HttpRequest) -> HttpResponse:
    """Delete the windows of one row."""
    person = person_of(request)
    chosen = [int(key) for key in request.POST.getlist("window") if key.isdecimal()]
    for window in AvailabilityWindow.objects.filter(week__person=person, pk__in=chosen):
        availability.clear_window(person=person, window=window, now=timezone.now())
    return _back(_season(request, person))


@login_required
def add_season(request: HttpRequest) -> HttpResponse:
    """Add a season."""
    form = SeasonForm(request.POST or None)
    if form.is_valid():
        with errors_shown_on(form):
            season = availability.add_season(
                person=person_of(request), now=timezone.now(), **form.cleaned_data
            )
            return _back(season)
    return render(request, "scheduler/availability/season.html", {"form": form})


@login_required
@require_POST
def remove_season(request: HttpRequest, season: int) -> HttpResponse:
    """Delete a season."""
    person = person_of(request)
    ended = get_object_or_404(AvailabilitySeason, week__person=person, pk=season)
    availability.remove_season(person=person, season=ended, now=timezone.now())
    return _back(None)


@login_required
@require_POST
def choose_availability_shares(request: HttpRequest) -> HttpResponse:
    """Set with whom the week is shared."""
    person = person_of(request)
    week = get_object_or_404(WeeklyAvailability, person=person)
    form = SharesForm(request.POST, person=person, week=week)
    if form.is_valid():
        availability.choose_availability_shares(
            person=person, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("Saved: who may count your week."))
    return _back(None)


@login_required
@require_POST
def answer_move(request: HttpRequest) -> HttpResponse:
    """Keep the hours in their old zone, or apply them in the person's new one."""
    act = (
        availability.keep_availability_zone
        if "keep" in request.POST
        else availability.move_availability_zone
    )
    act(person=person_of(request), now=timezone.now())
    return _back(None)


@login_required
@require_POST
def delete_availability(request: HttpRequest) -> HttpResponse:
    """Delete the week."""
    availability.delete_availability(person=person_of(request))
    messages.success(request, _("Your week is deleted. No group counts it any more."))
    return _back(None)


def _page(
    request: HttpRequest, season: AvailabilitySeason | None, window_form: WindowForm | None = None
) -> HttpResponse:
    person = person_of(request)
    week = WeeklyAvailability.objects.filter(person=person).first()
    cells = availability.availability_cells(week, season)
    rows = week.windows.filter(season=season).order_by("weekday", "starts_minute") if week else []
    context: dict[str, Any] = {
        "week": week,
        "season": season,
        "seasons": week.seasons.order_by("first_on") if week else [],
        "hourly_cells": hourly_cells(cells),
        "cells": encode_cells(cells),
        "usual": encode_cells(availability.availability_cells(week) if season else UNSET_WEEK),
        "days": weekday_names(),
        "levels": [(int(level), label) for level, label in LEVELS.items()],
        "rows": availability_rows(rows),
        "presets": PRESETS,
        "window_form": window_form or WindowForm(),
        "shares_form": SharesForm(person=person, week=week) if week else None,
        "has_moved": week is not None and week.needs_zone_answer(person.tz),
    }
    return render(request, "scheduler/availability/week.html", context)


def _season(request: HttpRequest, person: Person) -> AvailabilitySeason | None:
    """Return the person's season named in the request, or None.

    Raises:
        Http404: it is not theirs.
    """
    key = request.POST.get("season") or request.GET.get("season")
    if not key:
        return None
    return get_object_or_404(
        AvailabilitySeason, week__person=person, pk=key if key.isdecimal() else 0
    )


def _try(request: HttpRequest, act: Any) -> None:
    try:
        act()
        messages.success(request, _("Your week is saved."))
    except CommonhourError as error:
        messages.error(request, str(error))


def _back(season: AvailabilitySeason | None) -> HttpResponse:
    return redirect(reverse("my_week") + (f"?season={season.pk}" if season else ""))
