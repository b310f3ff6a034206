"""Starting a group: one form for the group and its weekly time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from civiltime import zones
from scheduler.actions.start_group import first_start, start_group
from scheduler.forms.groups import StartGroupForm
from scheduler.models import Group, Membership
from scheduler.rules.names import MAX_ALIAS_LENGTH
from scheduler.text.zone_strip import zone_strip

if TYPE_CHECKING:
    from datetime import time
    from zoneinfo import ZoneInfo

    from django.http import HttpRequest, HttpResponse

    from accounts.models import Person
    from scheduler.text.zone_strip import ZoneStrip

USUAL_START: Final = "18:00"
USUAL_MINUTES: Final = 60


@login_required
def create_group(request: HttpRequest) -> HttpResponse:
    """Start a group with its weekly time."""
    by = _affiliated_or_404(request)
    form = StartGroupForm(request.POST or None, by=by, initial=_defaults(by))
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form):
            created = start_group(by=by, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Your group is ready. Now invite people."))
            return redirect("manage_group", key=created.key)
    context = {"form": form, "strip": _strip(form, by)}
    return render(request, "scheduler/groups/create.html", context)


@login_required
@require_POST
def preview_group_time(request: HttpRequest) -> HttpResponse:
    """Render the strip of the time that the form holds."""
    by = _affiliated_or_404(request)
    form = StartGroupForm(request.POST, by=by)
    return render(request, "scheduler/groups/create_preview.html", {"strip": _strip(form, by)})


def _affiliated_or_404(request: HttpRequest) -> Person:
    """Return the signed-in person if they work for an organisation.

    Raises:
        Http404: they do not.
    """
    by = person_of(request)
    if not by.affiliations.exists():
        raise Http404
    return by


def _defaults(by: Person) -> dict[str, Any]:
    """Return the answers that need no question; the alias is the one in the last group led."""
    own = Membership.objects.active().facilitating().filter(person=by).order_by("-since").first()
    return {
        "tz": by.tz.key,
        "language": by.language,
        "weekday": timezone.localdate(timezone=by.tz).weekday(),
        "starts": USUAL_START,
        "alias": own.alias if own else by.username[:MAX_ALIAS_LENGTH],
        "join_policy": Group.JoinPolicy.APPROVAL,
    }


def _strip(form: StartGroupForm, by: Person) -> ZoneStrip:
    """Return the strip of what the form holds so far, with the usual time where it holds none."""
    given: dict[str, Any] = {}
    if form.is_bound:
        form.is_valid()
        given = form.cleaned_data
    usual = StartGroupForm(_defaults(by), by=by)
    usual.is_valid()
    tz: ZoneInfo = given.get("tz", by.tz)
    starts: time = given.get("starts", usual.cleaned_data["starts"])
    weekday: int = given.get("weekday", usual.cleaned_data["weekday"])
    at = zones.resolve_local(first_start(weekday, starts, tz=tz, now=timezone.now()), tz)
    minutes = given.get("duration_minutes", USUAL_MINUTES)
    return zone_strip(at, minutes, first=tz, group=tz, reader=by.tz)
