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
    from collections.abc import Sequence
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
    context = {
        "filters": filters,
        "languages": listed,
        "chips": {"when": WHEN_CHIPS, "part": PART_CHIPS},
        "page": page,
        "days": [(day_name(day.date, timezone.localdate(now)), day) for day in _days(page, now)],
        "hero": sessions[0] if sessions else None,
        "coming_next": sessions[1 : 1 + COMING_NEXT],
        "dates": queries.week_dates(now),
        "timetable": queries.timetable(sessions, now=now),
        "others": _others(filters, sessions, now=now),
        "now": now,
        "mine": Group.objects.joined_by(request.user).in_bulk(),
    }
    return render(request, "directory/meetings.html", context)


def _days(page: Sequence[Occurrence], now: datetime) -> list[queries.Day]:
    return queries.by_day(page, now=now)


def _others(filters: Filters, found: list[Occurrence], *, now: datetime) -> list[Occurrence]:
    """Return the next sessions in other languages, if the list is in one that nobody chose."""
    if not filters.is_preset or filters.is_narrow:
        return []
    known = {one.pk for one in found}
    every = queries.find_sessions(Filters(), now=now)
    return [one for one in every if one.pk not in known][:OTHERS_SHOWN]
