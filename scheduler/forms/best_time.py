"""The query of the best-time search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from scheduler.models.groups import MAXIMUM_CAPACITY
from scheduler.queries.best_time import AttendanceRequirement, BestTimeQuery

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

MINUTES: Final = [(length, _("%s minutes") % length) for length in (30, 45, 60, 75, 90, 120)]
EVERY: Final = [(1, _("every week")), (2, _("every second week")), (4, _("every fourth week"))]
ATTENDANCE: Final = [
    (AttendanceRequirement.ANYONE, _("any facilitator")),
    (AttendanceRequirement.ME, _("I myself")),
    (AttendanceRequirement.ALL, _("every facilitator")),
    (AttendanceRequirement.NOBODY, _("nobody in particular")),
]


class BestTimeForm(forms.Form):
    """A length, a cadence, a quorum, who has to be there, and the zone of the heatmap."""

    minutes = forms.TypedChoiceField(label=_("How long"), choices=MINUTES, coerce=int, initial=60)
    every = forms.TypedChoiceField(label=_("How often"), choices=EVERY, coerce=int, initial=1)
    quorum = forms.IntegerField(
        label=_("How many people at least"), min_value=2, max_value=MAXIMUM_CAPACITY, initial=3
    )
    attendance = forms.ChoiceField(
        label=_("Who must be there"), choices=ATTENDANCE, initial=AttendanceRequirement.ANYONE
    )
    tz = forms.ChoiceField(label=_("Show the map in the time of"))

    def __init__(self, *args: Any, time_zones: list[ZoneInfo], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["tz"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(tz.key, tz.key.replace("_", " ")) for tz in time_zones]

    @property
    def query(self) -> BestTimeQuery:
        """Return the query of a valid form."""
        data = self.cleaned_data
        return BestTimeQuery(data["minutes"], data["every"], data["quorum"], data["attendance"])
