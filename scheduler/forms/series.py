"""Forms for a series: the rule is built from controls, never from text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from django import forms
from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from civiltime.recurrence import Frequency, NthWeekday, Rule, UnsupportedRule, Weekday, expand
from civiltime.recurrence.rule import MAX_COUNT, MAX_INTERVAL
from civiltime.zones import zone
from scheduler.forms.options import FoldedOptions
from scheduler.forms.schedule import ReasonField, WhenForm
from scheduler.text.schedule import rule_refusal

FOURTH: Final = 4
LAST: Final = -1


class Repeats(models.TextChoices):
    """How a series repeats."""

    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month, on a weekday such as the second Tuesday")
    MONTHLY_DAY = "monthly_day", _("every month, on the same date (1 to 28)")
    DAILY = "daily", _("every day")


class Ends(models.TextChoices):
    """How a series ends."""

    NEVER = "never", _("never")
    AFTER = "after", _("after a number of sessions")
    ON = "on", _("on a date")


NTHS: Final = [
    (1, _("first")),
    (2, _("second")),
    (3, _("third")),
    (FOURTH, _("fourth")),
    (LAST, _("last")),
]


class Checkboxes(forms.TypedMultipleChoiceField):
    """Several of a few numbers, as checkboxes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            coerce=int,
            required=False,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "ticks"}),
            **options,
        )


class SeriesForm(FoldedOptions, WhenForm):
    """A series: its first session, how it repeats, how it ends."""

    every = forms.IntegerField(
        label=_("How many weeks, months or days apart"), min_value=1, max_value=MAX_INTERVAL,
        initial=1, required=False, help_text=_("2 means every second week, month or day."),
    )  # fmt: skip
    repeats = forms.ChoiceField(label=_("Repeats"), choices=Repeats.choices, initial=Repeats.WEEKLY)
    weekdays = Checkboxes(
        label=_("On"),
        choices=[(int(day), WEEKDAYS[day]) for day in Weekday],
        help_text=_("None means the weekday of the first session."),
    )
    nths = Checkboxes(
        label=_("For every month: which weekday of the month"),
        choices=NTHS,
        help_text=_("None means the same as the first session."),
    )
    ends = forms.ChoiceField(
        label=_("Ends"), choices=Ends.choices, initial=Ends.NEVER, required=False
    )
    count = forms.IntegerField(
        label=_("How many sessions"), min_value=1, max_value=MAX_COUNT, required=False
    )
    until = forms.DateField(
        label=_("Last day"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    field_order = [
        "on", "starts", "duration_minutes", "repeats", "every", "weekdays", "nths", "ends",
        "count", "until",
    ]  # fmt: skip

    rule: Rule
    QUESTIONS = ("on", "starts", "duration_minutes", "reason")

    def clean(self) -> dict[str, Any]:
        """Build the rule, and show on the field why a rule is not supported."""
        data = super().clean() or {}
        self._check_end(data)
        if not self.errors:
            try:
                self.rule = rule_of(data)
                self._check_first_day()
            except UnsupportedRule as error:
                self.add_error(_field_of(error), rule_refusal(error))
        return data

    def _check_end(self, data: dict[str, Any]) -> None:
        if data.get("ends") == Ends.AFTER and not data.get("count"):
            self.add_error("count", _("Say how many sessions there will be."))
        if data.get("ends") == Ends.ON and not data.get("until"):
            self.add_error("until", _("Say which day is the last."))
        on, until = data.get("on"), data.get("until")
        if data.get("ends") == Ends.ON and on and until and until < on:
            self.add_error("until", _("The last day is before the first session."))

    def _check_first_day(self) -> None:
        """Check that the rule meets on the first day."""
        at = datetime(1970, 1, 2, tzinfo=UTC)
        expand(self.rule, first_local=self.starts_local, tz=zone("UTC"), after=at, before=at)


class FollowingForm(SeriesForm):
    """A change of one session and all that follow it."""

    keeps_moved = forms.BooleanField(
        label=_("Leave sessions that were moved where they are"), required=False
    )
    reason = ReasonField()


def rule_of(data: dict[str, Any]) -> Rule:
    """Return the rule of the controls, with a first session on ``data["on"]``.

    Raises:
        UnsupportedRule: the rule is outside the allow-list.
    """
    repeats, first = data["repeats"], data["on"]
    ends = data.get("ends") or Ends.NEVER
    parts: dict[str, Any] = {
        "interval": data.get("every") or 1,
        "count": data["count"] if ends == Ends.AFTER else None,
        "until_local": data["until"] if ends == Ends.ON else None,
    }
    weekdays = tuple(map(Weekday, data.get("weekdays") or [first.weekday()]))
    if repeats == Repeats.DAILY:
        return Rule(Frequency.DAILY, **parts)
    if repeats == Repeats.WEEKLY:
        return Rule(Frequency.WEEKLY, weekdays=weekdays, **parts)
    if repeats == Repeats.MONTHLY_DAY:
        return Rule(Frequency.MONTHLY, month_days=(first.day,), **parts)
    nths = data.get("nths") or [_place_in_month(first)]
    days = tuple(NthWeekday(nth, day) for nth in nths for day in weekdays)
    return Rule(Frequency.MONTHLY, weekdays=days, **parts)


def controls_of(rule: Rule, first_local: datetime, duration_minutes: int) -> dict[str, Any]:
    """Return the controls of a rule whose first session is at ``first_local``."""
    days = rule.weekdays or (Weekday(first_local.weekday()),)
    nth_weekdays = [day for day in days if isinstance(day, NthWeekday)]
    repeats = {Frequency.DAILY: Repeats.DAILY, Frequency.WEEKLY: Repeats.WEEKLY}.get(
        rule.frequency, Repeats.MONTHLY if nth_weekdays else Repeats.MONTHLY_DAY
    )
    plain = {day.weekday if isinstance(day, NthWeekday) else day for day in rule.weekdays}
    return {
        "on": first_local.date(),
        "starts": first_local.time(),
        "duration_minutes": duration_minutes,
        "repeats": repeats,
        "every": rule.interval,
        "weekdays": sorted(map(int, plain)),
        "nths": sorted({day.nth for day in nth_weekdays}),
        "ends": Ends.ON if rule.until_local else Ends.AFTER if rule.count else Ends.NEVER,
        "count": rule.count,
        "until": rule.until_local,
    }


def _place_in_month(day: date) -> int:
    """Return a date's number among its weekday in the month; the fifth is the last, -1."""
    nth = (day.day - 1) // 7 + 1
    return nth if nth <= FOURTH else LAST


def _field_of(error: UnsupportedRule) -> str | None:
    return {"DTSTART": "on", "UNTIL": "until", "COUNT": "count", "BYMONTHDAY": "on",
            "BYDAY": "nths", "INTERVAL": "every"}.get(error.part)  # fmt: skip
