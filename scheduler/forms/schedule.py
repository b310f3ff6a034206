"""Give a group its hour with controls, and move or cancel one session."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduler import zones
from scheduler.forms.people import zone_choices
from scheduler.models.schedule import DURATION_LIMITS
from scheduler.recurrence import Frequency, NthWeekday, Rule, Weekday

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FOURTH: Final = 4
LAST: Final = -1


class Repeats(models.TextChoices):
    """The ways of meeting again that need no rule text."""

    WEEKLY = "weekly", _("every week")
    FORTNIGHTLY = "fortnightly", _("every two weeks")
    MONTHLY = "monthly", _("every month, on the same weekday (first, second, …)")
    MONTHLY_LAST = "monthly_last", _("every month, on the last such weekday")


def rule_for(repeats: str, first: date) -> Rule:
    """Return the rule by which a series that begins on this date repeats.

    A fifth weekday becomes the last one: most months have no fifth.
    """
    weekday = Weekday(first.weekday())
    nth = (first.day - 1) // 7 + 1
    if repeats == Repeats.MONTHLY and nth <= FOURTH:
        return Rule(Frequency.MONTHLY, weekdays=(NthWeekday(nth, weekday),))
    if repeats in {Repeats.MONTHLY, Repeats.MONTHLY_LAST}:
        return Rule(Frequency.MONTHLY, weekdays=(NthWeekday(LAST, weekday),))
    interval = 2 if repeats == Repeats.FORTNIGHTLY else 1
    return Rule(Frequency.WEEKLY, interval=interval, weekdays=(weekday,))


class WhenForm(forms.Form):
    """A date, a time on the group's wall and a length."""

    on = forms.DateField(
        label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    starts = forms.TimeField(
        label=_("Starts at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    duration_minutes = forms.IntegerField(
        label=_("Minutes"), min_value=DURATION_LIMITS[0], max_value=DURATION_LIMITS[1], initial=60
    )

    @property
    def starts_local(self) -> datetime:
        """Return the wall-clock start, once the form is valid."""
        on: date = self.cleaned_data["on"]
        starts: time = self.cleaned_data["starts"]
        return datetime.combine(on, starts.replace(second=0, microsecond=0))


class SeriesForm(WhenForm):
    """The hour of a group: the first session and how it repeats."""

    repeats = forms.ChoiceField(label=_("Repeats"), choices=Repeats.choices)
    field_order = ["on", "starts", "repeats", "duration_minutes"]

    @property
    def rule(self) -> Rule:
        """Return the rule, once the form is valid."""
        return rule_for(self.cleaned_data["repeats"], self.cleaned_data["on"])

    def clean(self) -> dict[str, Any]:
        """Refuse a first date that is not the last such weekday of its month."""
        data = super().clean() or {}
        on = data.get("on")
        if on and data.get("repeats") == Repeats.MONTHLY_LAST and _comes_again_this_month(on):
            self.add_error("on", _("This is not the last such weekday of its month."))
        return data


def _comes_again_this_month(on: date) -> bool:
    return (on + timedelta(weeks=1)).month == on.month


class MoveForm(WhenForm):
    """Where one session moves, and why."""

    tz = forms.ChoiceField(label=_("On the clock of"), choices=zone_choices)
    reason = forms.CharField(label=_("Why (members can read it)"), max_length=300, required=False)

    @property
    def tz_chosen(self) -> ZoneInfo:
        """Return the zone, once the form is valid."""
        return zones.zone(self.cleaned_data["tz"])


class CancelForm(forms.Form):
    """Why a session will not take place."""

    reason = forms.CharField(label=_("Why (members can read it)"), max_length=300, required=False)
