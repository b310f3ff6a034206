"""Pages for people who attended: past sessions, attendance letters, appeals."""

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

from accounts.views.access import person_of
from civiltime.errors import CommonhourError
from scheduler.models import Occurrence
from sessions.actions.removals import appeal_removal
from sessions.forms import AppealForm
from sessions.models import Removal, Report
from sessions.reports.attendance_letters import letter_of, letters_of, read_letter

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_LENGTH: Final = 20


@login_required
def attended(request: HttpRequest) -> HttpResponse:
    """List the sessions that a person attended and left, and their removals and reports."""
    person = person_of(request)
    sessions = Occurrence.objects.filter(
        attendances__membership__person=person, attendances__left_at__isnull=False
    ).distinct()
    page = Paginator(sessions.order_by("-starts_at"), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "with_letter": letters_of(person, page),
        "removals": [
            (removal, AppealForm(auto_id=f"appeal-{removal.pk}-%s"))
            for removal in Removal.objects.about(person).select_related("occurrence__group")
        ],
        "reports": Report.objects.made_by(person).for_list(),
    }
    return render(request, "sessions/attended/attended.html", context)


@login_required
@require_POST
def appeal(request: HttpRequest, removal: int) -> HttpResponse:
    """Store what a removed person writes to the facilitators."""
    person = person_of(request)
    about = get_object_or_404(Removal.objects.about(person), pk=removal)
    form = AppealForm(request.POST)
    try:
        if form.is_valid():
            text = form.cleaned_data["text"]
            appeal_removal(person=person, removal=about, text=text, now=timezone.now())
            messages.success(request, _("Sent. Every facilitator of the group can read it."))
    except CommonhourError as refusal:
        messages.error(request, str(refusal))
    return redirect("attended")


@login_required
@never_cache
@require_safe
def letter(request: HttpRequest, key: str) -> HttpResponse:
    """Return a person's attendance letter of one session as a file."""
    person = person_of(request)
    occurrence = get_object_or_404(
        Occurrence.objects.filter(attendances__membership__person=person).distinct(), key=key
    )
    written = letter_of(person, occurrence)
    if written is None:
        raise Http404
    address = request.build_absolute_uri(f"/letter/{written.token}/")
    text = {"letter": written, "address": address}
    answer = render(request, "sessions/attended/letter.txt", text, "text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="letter-{written.on}.txt"'
    return answer


@require_safe
def check_letter(request: HttpRequest, token: str) -> HttpResponse:
    """Show whether an attendance letter is genuine, and what it states. Open to everyone."""
    read = read_letter(token)
    status = 200 if read else 404
    return render(request, "sessions/attended/check_letter.html", {"letter": read}, status=status)
