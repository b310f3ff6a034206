"""Forms to move, resize, cancel or add one session."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from civiltime import zones
from scheduler.models import Group, Membership
from scheduler.models.schedule import DURATION_LIMITS
from scheduler.text.local_time import zone_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo


class ReasonField(forms.CharField):
    """Why the schedule is changed."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Why"),
            help_text=_("Members read it with the notice."),
            max_length=300,
            required=False,
        )


class MinutesField(forms.IntegerField):
    """The length of a session."""

    def __init__(self) -> None:
        low, high = DURATION_LIMITS
        super().__init__(label=_("Minutes"), min_value=low, max_value=high, initial=60)


class StartField(forms.TimeField):
    """The time of day at which a session starts."""

    def __init__(self) -> None:
        said = _("Choose a time of day, like 18:00")
        super().__init__(
            label=_("Starts at"),
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            error_messages={"required": said, "invalid": said},
        )


class WhenForm(forms.Form):
    """A date, a time in the group's zone and a length."""

    on = forms.DateField(
        label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    starts = StartField()
    duration_minutes = MinutesField()

    @property
    def starts_local(self) -> datetime:
        """Return the naive wall-clock start of a valid form."""
        on: date = self.cleaned_data["on"]
        starts: time = self.cleaned_data["starts"]
        return datetime.combine(on, starts.replace(second=0, microsecond=0))


class MoveForm(WhenForm):
    """The new time of one session, in one of a few time zones, and why."""

    tz = forms.ChoiceField(label=_("Time zone of this time"))
    reason = ReasonField()

    def __init__(self, *args: Any, time_zones: Iterable[ZoneInfo], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["tz"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [
            (key, zone_name(key)) for key in dict.fromkeys(tz.key for tz in time_zones)
        ]

    @property
    def tz_chosen(self) -> ZoneInfo:
        """Return the zone of a valid form."""
        return zones.zone(self.cleaned_data["tz"])


class AddForm(WhenForm):
    """One extra session, and why."""

    reason = ReasonField()


class ResizeForm(forms.Form):
    """The new length of one session, and why."""

    duration_minutes = MinutesField()
    reason = ReasonField()


class CancelForm(forms.Form):
    """Why a session is cancelled."""

    reason = ReasonField()


class AliasChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A membership, by its alias."""

    def label_from_instance(self, obj: Membership) -> str:
        """Return the alias."""
        return obj.alias


class SubstituteForm(forms.Form):
    """The leader of one session."""

    membership = AliasChoice(label=_("Who leads this session"), queryset=Membership.objects.none())

    def __init__(self, *args: Any, group: Group, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["membership"]
        assert isinstance(field, AliasChoice)  # noqa: S101 - declared above
        field.queryset = group.memberships.active().facilitating().order_by("alias")
