"""Sealed reports, for people who may open them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.forms.errors import errors_shown_on
from accounts.views.access import person_of
from scheduler.models import Organisation
from scheduler.queries.dashboard import has_dashboard
from sessions.actions.reports import decide_report, open_report
from sessions.forms import DecisionForm
from sessions.models import Report

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_LENGTH: Final = 20


@login_required
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """List the reports that a person may open, without their contents."""
    person = person_of(request)
    if not has_dashboard(person) and not Organisation.objects.coordinated_by(person).exists():
        raise Http404
    readable = Report.objects.readable_by(person).for_list()
    pages = Paginator(readable.decided(), PAGE_LENGTH)
    context = {"waiting": readable.undecided(), "page": pages.get_page(request.GET.get("page"))}
    return render(request, "sessions/reports/list.html", context)


@login_required
@require_safe
def report(request: HttpRequest, report: int) -> HttpResponse:
    """Show group and time of a report, without opening it."""
    sealed = _readable_or_404(request, report)
    return render(request, "sessions/reports/sealed.html", {"report": sealed})


@login_required
@require_POST
@never_cache
def open_sealed(request: HttpRequest, report: int) -> HttpResponse:
    """Show the contents of a report, and record that it was opened."""
    return _opened(request, _readable_or_404(request, report), DecisionForm())


@login_required
@require_POST
@never_cache
def decide(request: HttpRequest, report: int) -> HttpResponse:
    """Decide a report."""
    about, form = _readable_or_404(request, report), DecisionForm(request.POST)
    if form.is_valid():
        with errors_shown_on(form):
            decide_report(
                by=person_of(request), report=about, now=timezone.now(), **form.cleaned_data
            )
            messages.success(
                request, _("Decided. The person who reported it learns that it was read.")
            )
            return redirect("reports")
    return _opened(request, about, form)


def _opened(request: HttpRequest, sealed: Report, form: DecisionForm) -> HttpResponse:
    opened = open_report(by=person_of(request), report=sealed, now=timezone.now())
    context = {"report": opened, "readings": opened.readings.all(), "form": form}
    return render(request, "sessions/reports/open.html", context)


def _readable_or_404(request: HttpRequest, pk: int) -> Report:
    return get_object_or_404(Report.objects.readable_by(person_of(request)).for_list(), pk=pk)
