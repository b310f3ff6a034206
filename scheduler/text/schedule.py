"""Rules, clock changes and changes of sessions as text."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from civiltime.recurrence import FirstDayOffRule, Frequency, NthWeekday, Rule, Weekday

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from civiltime.drift import HourChange
    from civiltime.recurrence import UnsupportedRule
    from scheduler.models import ScheduleChange

MINUTES_PER_HALF_HOUR: Final = 30
MINUTES_PER_HOUR: Final = 60

NTH: Final = {
    1: gettext_lazy("the first {weekday}"),
    2: gettext_lazy("the second {weekday}"),
    3: gettext_lazy("the third {weekday}"),
    4: gettext_lazy("the fourth {weekday}"),
    -1: gettext_lazy("the last {weekday}"),
}


def rule_in_words(rule: Rule, first_local: datetime) -> str:
    """Return a sentence such as “Every 2 weeks on Tuesday at 18:00, until 1 March 2027”."""
    if rule.count == 1:
        return _("Once, on {date} at {clock}").format(
            date=date_format(first_local, pgettext("date format", "l j F Y")),
            clock=time_format(first_local, "H:i"),
        )
    sentence = _("{round} on {days} at {clock}").format(
        round=_frequency(rule), days=_days(rule, first_local), clock=time_format(first_local, "H:i")
    )
    if rule.frequency is Frequency.DAILY:
        sentence = _("{round} at {clock}").format(
            round=_frequency(rule), clock=time_format(first_local, "H:i")
        )
    return sentence + _end(rule)


def _frequency(rule: Rule) -> str:
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
        return ngettext(", {count} time", ", {count} times", rule.count).format(count=rule.count)
    return ""


def rule_refusal(error: UnsupportedRule) -> str:
    """Return why a series cannot be planned so, for somebody who chose it with controls."""
    if isinstance(error, FirstDayOffRule):
        day = date_format(error.next_valid, pgettext("date format", "l j F Y"))
        return _(
            "The first session is not on one of the chosen days. Begin on {day}, or choose "
            "other days."
        ).format(day=day)
    return {
        "DTSTART": _("Choose a date in the coming years."),
        "UNTIL": _("Choose a last day that is at most five years after the first session."),
        "COUNT": _("Choose a smaller number of sessions, or no end."),
        "INTERVAL": _("Choose a smaller number, up to 12."),
        "BYMONTHDAY": _(
            "Choose a date from 1 to 28: not every month has a later one. Or repeat on a weekday, "
            "such as the last Friday."
        ),
        "BYDAY": _("The fourth and the last weekday are often the same day. Choose one of them."),
    }.get(error.part, _("These choices do not go together. Choose something simpler."))


def hour_change_in_words(change: HourChange, tz: ZoneInfo) -> str:
    """Return when a group's local time differs for the reader.

    Such as “On 25 October this group is at 06:00 for you, one hour later than usual.”
    """
    if change.last is None:
        sentence = _("From {first} on this group is at {clock} for you, {shift} than before.")
    elif change.last == change.first:
        sentence = _("On {first} this group is at {clock} for you, {shift} than usual.")
    else:
        sentence = _("From {first} to {last} this group is at {clock} for you, {shift} than usual.")
    return sentence.format(**_facts(change, tz))


def hour_change_there_in_words(change: HourChange, tz: ZoneInfo) -> str:
    """Return the same about the people of another zone, for a facilitator."""
    if change.last is None:
        sentence = _("From {first} on it is {clock} there, {shift} than before.")
    elif change.last == change.first:
        sentence = _("On {first} it is {clock} there, {shift} than usual.")
    else:
        sentence = _("From {first} to {last} it is {clock} there, {shift} than usual.")
    return sentence.format(**_facts(change, tz))


def _facts(change: HourChange, tz: ZoneInfo) -> dict[str, str]:
    first, last = change.first.astimezone(tz), (change.last or change.first).astimezone(tz)
    day = pgettext("date format", "j F")
    return {
        "first": date_format(first, day),
        "last": date_format(last, day),
        "clock": time_format(first, "H:i"),
        "shift": shift_in_words(change.shift),
    }


def shift_in_words(shift: timedelta) -> str:
    """Return “one hour later”, “half an hour earlier”, “2 hours later”, “45 minutes earlier”."""
    is_later = shift > timedelta()
    minutes = abs(shift) // timedelta(minutes=1)
    if minutes == MINUTES_PER_HALF_HOUR:
        return _("half an hour later") if is_later else _("half an hour earlier")
    if minutes % MINUTES_PER_HOUR:
        later = ngettext("{count} minute later", "{count} minutes later", minutes)
        earlier = ngettext("{count} minute earlier", "{count} minutes earlier", minutes)
        return (later if is_later else earlier).format(count=minutes)
    hours = minutes // MINUTES_PER_HOUR
    later = ngettext("one hour later", "{count} hours later", hours)
    earlier = ngettext("one hour earlier", "{count} hours earlier", hours)
    return (later if is_later else earlier).format(count=hours)


def change_in_words(change: ScheduleChange) -> str:
    """Return what a change did to a time or a length, in the group's zone."""
    before, after = _state_in_words(change, change.before), _state_in_words(change, change.after)
    if before and after and before != after:
        return f"{before} → {after}"
    return after or before


def _state_in_words(change: ScheduleChange, shape: dict[str, Any]) -> str:
    if "rule" in shape and change.series is not None:
        return rule_in_words(Rule.parse(shape["rule"]), change.series.first_local)
    if "starts_at" not in shape:
        return ""
    local = datetime.fromisoformat(shape["starts_at"]).astimezone(change.group.tz)
    text = date_format(local, pgettext("date and time format", "D j F H:i"))
    if "minutes" in shape:
        minutes = shape["minutes"]
        text += ", " + ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    return text
