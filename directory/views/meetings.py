"""The public list of sessions, live ones first, then by start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import render
from django.utils import timezone

from accounts import languages
from scheduler.models import Group, GroupLanguage, Occurrence

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

PAGE_LENGTH: Final = 12


def meetings(request: HttpRequest) -> HttpResponse:
    """List the current and future sessions of listed groups, filtered by language and words."""
    language, words = request.GET.get("language", ""), request.GET.get("words", "").strip()[:80]
    sessions = (
        Occurrence.objects.not_over(timezone.now())
        .taking_place()
        .with_taken()
        .with_group_for_list()
    )
    matching = sessions.filter(group__in=_groups(language, words))
    page = Paginator(matching, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "now": timezone.now(),
        "language": language,
        "words": words,
        "languages": _listed_languages(),
        "mine": Group.objects.joined_by(request.user).in_bulk(),
    }
    return render(request, "directory/meetings.html", context)


def _groups(language: str, words: str) -> QuerySet[Group]:
    """Return listed groups in a language whose name, text or organisation has every word."""
    groups = Group.objects.listed()
    if language:
        groups = groups.in_language(language)
    for word in words.split():
        groups = groups.filter(
            Q(name__icontains=word)
            | Q(about__icontains=word)
            | Q(organisation__name__icontains=word)
        )
    return groups


def _listed_languages() -> list[tuple[str, str]]:
    """Return code and own name of each language of a listed group, by code."""
    codes = GroupLanguage.objects.filter(group__in=Group.objects.listed()).values_list(
        "language", flat=True
    )
    return sorted((code, languages.native_name(code)) for code in set(codes))
