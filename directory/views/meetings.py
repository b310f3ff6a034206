"""The public list: the next meeting in the reader's language, then the coming week by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory import queries
from directory.queries import Filters, PartOfDay, When
from scheduler.models import Group
from scheduler.text.local_time import day_name

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from scheduler.models import Occurrence

PAGE_LENGTH: Final = 24
COMING_NEXT: Final = 3
OTHERS_SHOWN: Final = 8
WHEN_CHIPS: Final = (
    (When.NOW, _("Open now")),
    (When.TODAY, _("Today")),
    (When.TOMORROW, _("Tomorrow")),
)
PART_CHIPS: Final = (
    (PartOfDay.NIGHT, _("Nights")),
    (PartOfDay.MORNING, _("Mornings")),
    (PartOfDay.AFTERNOON, _("Afternoons")),
    (PartOfDay.EVENING, _("Evenings")),
)


def meetings(request: HttpRequest) -> HttpResponse:
    """List the sessions of listed groups in the coming week, filtered by language, time and words."""
    now = timezone.now()
    listed = queries.listed_languages()
    account_language = request.user.language if request.user.is_authenticated else ""
    preferred = queries.preferred_languages(
        request.headers.get("Accept-Language", ""), account_language
    )
    filters = Filters.of(request.GET.dict(), preferred=preferred, listed=listed)
    sessions = queries.find_sessions(filters, now=now)
    page = Paginator(sessions, PAGE_LENGTH).get_page(request.GET.get("page"))
    dates = queries.week_dates(now)
    context = {
        "filters": filters,
        "languages": listed,
        "chips": {"when": WHEN_CHIPS, "part": PART_CHIPS},
        "page": page,
        "days": [(day_name(day.date, dates[0]), day) for day in queries.by_day(page, now=now)],
        "hero": sessions[0] if sessions else None,
        "coming_next": sessions[1 : 1 + COMING_NEXT],
        "dates": dates,
        "timetable": queries.timetable(sessions, now=now),
        "others": _others(filters, now=now),
        "now": now,
        "mine": Group.objects.joined_by(request.user).in_bulk(),
    }
    return render(request, "directory/meetings.html", context)


def _others(filters: Filters, *, now: datetime) -> list[Occurrence]:
    """Return the next sessions in other languages, if the list is in one that nobody chose."""
    if not filters.is_preset or filters.is_narrow:
        return []
    return queries.find_others(filters, now=now, most=OTHERS_SHOWN)
