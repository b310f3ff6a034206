"""The sessions of the coming week that the public list shows, by what a visitor asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

from django.db.models import Q
from django.utils import timezone
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts import languages
from scheduler.models import Group, GroupLanguage, Occurrence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from django.db.models import QuerySet

WEEK: Final = timedelta(days=7)
MAX_SESSIONS: Final = 400
MAX_WORDS_LENGTH: Final = 80


class When(StrEnum):
    """A choice of days."""

    ANY = ""
    NOW = "now"
    TODAY = "today"
    TOMORROW = "tomorrow"


class PartOfDay(StrEnum):
    """A choice of hours: six of the reader's clock."""

    ANY = ""
    NIGHT = "night"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"

    @classmethod
    def of(cls, local: datetime) -> Self:
        """Return the part of the day of a local time."""
        return cls(tuple(cls)[1 + local.hour // 6])


@dataclass(frozen=True, slots=True)
class Filters:
    """What a visitor asks for. An unknown value asks for nothing.

    Attributes:
        language: ISO 639-1, or empty for any.
        is_preset: the language is the browser's or the account's, nobody chose it.
        words: words that the group's name, text or organisation must all contain.
    """

    language: str = ""
    is_preset: bool = False
    words: str = ""
    when: When = When.ANY
    part: PartOfDay = PartOfDay.ANY

    @classmethod
    def of(
        cls, query: Mapping[str, str], *, preferred: Iterable[str], listed: Iterable[str]
    ) -> Self:
        """Read the query of a URL; without a language in it take the first preferred that is listed."""
        asked = query.get("language")
        preset = next((code for code in preferred if code in listed), "")
        return cls(
            language=preset if asked is None else asked if asked in listed else "",
            is_preset=asked is None and bool(preset),
            words=query.get("words", "").replace("\x00", "").strip()[:MAX_WORDS_LENGTH],
            when=When(_known(query.get("when", ""), When)),
            part=PartOfDay(_known(query.get("part", ""), PartOfDay)),
        )

    @property
    def is_narrow(self) -> bool:
        """Whether the visitor asks for more than a language."""
        return bool(self.words or self.when or self.part)


def _known(value: str, choices: Iterable[str]) -> str:
    """Return a value if it is one of the choices, else the empty one."""
    return value if value in set(choices) else ""


def preferred_languages(accept_language: str, account_language: str = "") -> list[str]:
    """Return ISO 639-1 codes by preference: the account's, then those of an Accept-Language header."""
    wanted = [code for code, _ in parse_accept_lang_header(accept_language.lower()[:500])]
    codes = [
        code.partition("-")[0] for code in [account_language, *wanted] if code not in {"", "*"}
    ]
    return list(dict.fromkeys(codes))


def listed_languages() -> dict[str, str]:
    """Map the code of each language of a listed group to its own name, in the order of the codes."""
    codes = GroupLanguage.objects.filter(group__in=Group.objects.listed()).values_list(
        "language", flat=True
    )
    return {code: languages.native_name(code) for code in sorted(set(codes))}


def find_sessions(filters: Filters, *, now: datetime) -> list[Occurrence]:
    """Return what takes place in the coming seven days, by start, at most 400 sessions.

    Days and hours are those of the active time zone.
    """
    today = timezone.localdate(now)
    sessions = _coming(_groups(filters), now)
    return [one for one in sessions[:MAX_SESSIONS] if _fits(one, filters, now=now, today=today)]


def find_others(filters: Filters, *, now: datetime, most: int) -> list[Occurrence]:
    """Return the next sessions of the coming seven days in other languages than the one asked for."""
    asked = Group.objects.listed().in_language(filters.language)
    return list(_coming(Group.objects.listed().exclude(pk__in=asked), now)[:most])


def _coming(groups: QuerySet[Group], now: datetime) -> QuerySet[Occurrence]:
    """Return what takes place in the coming seven days in some groups, by start."""
    return (
        Occurrence.objects.not_over(now)
        .taking_place()
        .filter(starts_at__lt=now + WEEK, group__in=groups)
        .with_taken()
        .with_group_for_list()
    )


def _groups(filters: Filters) -> QuerySet[Group]:
    """Return listed groups in a language whose name, text or organisation has every word."""
    groups = Group.objects.listed()
    if filters.language:
        groups = groups.in_language(filters.language)
    for word in filters.words.split():
        groups = groups.filter(
            Q(name__icontains=word)
            | Q(about__icontains=word)
            | Q(organisation__name__icontains=word)
        )
    return groups


def _fits(session: Occurrence, filters: Filters, *, now: datetime, today: date) -> bool:
    """Whether a session is on a day and at an hour that were asked for."""
    local = timezone.localtime(session.starts_at)
    match filters.when:
        case When.NOW if not session.join_opens_at <= now:
            return False
        case When.TODAY if local.date() > today:
            return False
        case When.TOMORROW if local.date() != today + timedelta(days=1):
            return False
    return not filters.part or PartOfDay.of(local) == filters.part


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the list, as the reader counts days."""

    date: date
    sessions: tuple[Occurrence, ...]


def by_day(sessions: Iterable[Occurrence], *, now: datetime) -> list[Day]:
    """Return sessions by the day of their start in the active zone; what began before is today's."""
    today = timezone.localdate(now)
    days: dict[date, list[Occurrence]] = {}
    for session in sessions:
        days.setdefault(max(timezone.localdate(session.starts_at), today), []).append(session)
    return [Day(day, tuple(found)) for day, found in sorted(days.items())]


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """One part of the day over seven days: the sessions of each day, by start."""

    part: PartOfDay
    cells: tuple[tuple[Occurrence, ...], ...]


def timetable(sessions: Iterable[Occurrence], *, now: datetime) -> list[TimetableRow]:
    """Return the coming seven days by part of the day, in the active zone."""
    days = {day.date: day.sessions for day in by_day(sessions, now=now)}
    dates = week_dates(now)
    return [
        TimetableRow(
            part,
            tuple(
                tuple(
                    one
                    for one in days.get(date, ())
                    if PartOfDay.of(timezone.localtime(one.starts_at)) == part
                )
                for date in dates
            ),
        )
        for part in PartOfDay
        if part
    ]


def week_dates(now: datetime) -> list[date]:
    """Return today and the six days after it, in the active zone."""
    today = timezone.localdate(now)
    return [today + timedelta(days=days) for days in range(7)]
