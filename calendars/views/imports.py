"""Import of a calendar file: a facilitator uploads it and chooses which series to create."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from calendars.forms import CalendarFileForm
from calendars.importing.import_plan import plan_import
from calendars.importing.reader import MAX_FILE_BYTES, read_calendar
from civiltime.errors import CommonhourError
from civiltime.recurrence import Rule
from scheduler.actions import schedule
from scheduler.models import Group

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from calendars.importing.import_plan import ImportPlan

SALT: Final = "calendars.import"
SIGNATURE_MAX_AGE_SECONDS: Final = 60 * 60


@login_required
def import_calendar(request: HttpRequest, key: str) -> HttpResponse:
    """Show the series that an uploaded calendar proposes; nothing of the file is stored."""
    group = get_object_or_404(Group.objects.facilitated_by(person_of(request)), key=key)
    form = CalendarFileForm(request.POST or None, request.FILES or None)
    context = {"group": group, "form": form}
    if request.method == "POST" and form.is_valid():
        with errors_shown_on(form, field="file"):
            data = form.cleaned_data["file"].read(MAX_FILE_BYTES + 1)
            parsed = read_calendar(data, fallback=group.tz)
            plans = [plan_import(one, tz=group.tz, now=timezone.now()) for one in parsed.proposals]
            possible = [(_signed(plan, group), plan) for plan in plans if not plan.obstacle]
            skipped = [(plan.name, plan.obstacle) for plan in plans if plan.obstacle]
            skipped += [(event.name, str(event)) for event in parsed.skipped]
            context |= {"is_read": True, "plans": possible, "skipped": skipped}
    return render(request, "calendars/import.html", context)


@login_required
@require_POST
def confirm_import(request: HttpRequest, key: str) -> HttpResponse:
    """Create the chosen series, each of which comes back signed by ``import_calendar``."""
    by = person_of(request)
    group = get_object_or_404(Group.objects.facilitated_by(by), key=key)
    created = 0
    for signed in request.POST.getlist("series"):
        try:
            schedule.create_series(
                by=by, group=group, now=timezone.now(), **_unsigned(signed, group)
            )
            created += 1
        except CommonhourError as refusal:
            messages.error(request, str(refusal))
        except signing.BadSignature:
            messages.error(request, _("That was too long ago. Upload the calendar again."))
    text = ngettext("%(n)d series was taken over.", "%(n)d series were taken over.", created)
    messages.success(request, text % {"n": created})
    return redirect("manage_group", key=key)


def _signed(plan: ImportPlan, group: Group) -> str:
    """Return a plan for one group, signed, so that only what was read here can be created."""
    fields = (group.key, plan.first_local.isoformat(), plan.rule, plan.duration_minutes)
    return signing.dumps(fields, salt=SALT)


def _unsigned(signed: str, group: Group) -> dict[str, Any]:
    """Return the arguments of ``create_series`` of a plan that was signed for this group.

    Raises:
        BadSignature: it was changed, is of another group, or is older than an hour.
    """
    key, first_local, rule, minutes = signing.loads(
        signed, salt=SALT, max_age=SIGNATURE_MAX_AGE_SECONDS
    )
    if key != group.key:
        raise signing.BadSignature
    return {
        "first_local": datetime.fromisoformat(first_local),
        "rule": Rule.parse(rule),
        "duration_minutes": minutes,
    }
