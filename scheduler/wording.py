"""How a rule is told to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scheduler.recurrence import Frequency, NthWeekday, Rule, Weekday

if TYPE_CHECKING:
    from datetime import datetime

NTH: Final = {
    1: gettext_lazy("the first {weekday}"),
    2: gettext_lazy("the second {weekday}"),
    3: gettext_lazy("the third {weekday}"),
    4: gettext_lazy("the fourth {weekday}"),
    -1: gettext_lazy("the last {weekday}"),
}


def rule_in_words(rule: Rule, first_local: datetime) -> str:
    """Return a sentence such as “Every 2 weeks on Tuesday at 18:00, until 1 March 2027”."""
    sentence = _("{round} on {days} at {clock}").format(
        round=_round(rule), days=_days(rule, first_local), clock=time_format(first_local, "H:i")
    )
    if rule.frequency is Frequency.DAILY:
        sentence = _("{round} at {clock}").format(
            round=_round(rule), clock=time_format(first_local, "H:i")
        )
    return sentence + _end(rule)


def _round(rule: Rule) -> str:
    every = {
        Frequency.DAILY: ngettext("Every day", "Every {count} days", rule.interval),
        Frequency.WEEKLY: ngettext("Every week", "Every {count} weeks", rule.interval),
        Frequency.MONTHLY: ngettext("Every month", "Every {count} months", rule.interval),
    }[rule.frequency]
    return every.format(count=rule.interval)


def _days(rule: Rule, first_local: datetime) -> str:
    if rule.month_days:
        return ", ".join(_("day {day}").format(day=day) for day in rule.month_days)
    if not rule.weekdays and rule.frequency is Frequency.MONTHLY:
        return _("day {day}").format(day=first_local.day)
    days = rule.weekdays or (Weekday(first_local.weekday()),)
    return ", ".join(str(_day(day)) for day in days)


def _day(day: Weekday | NthWeekday) -> str:
    if isinstance(day, NthWeekday):
        return str(format_lazy(NTH[day.nth], weekday=WEEKDAYS[day.weekday]))
    return str(WEEKDAYS[day])


def _end(rule: Rule) -> str:
    if rule.until_local:
        return _(", until {date}").format(date=date_format(rule.until_local, "j F Y"))
    if rule.count:
        return ngettext(", once", ", {count} times", rule.count).format(count=rule.count)
    return ""
