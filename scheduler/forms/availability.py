"""Forms for weekly availability: windows, seasons, and with whom the week is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from optimizer import Level, Season, Window
from optimizer.errors import SeasonEndsBefore
from scheduler.forms.series import Checkboxes
from scheduler.models import AvailabilitySeason, AvailabilityShare, Group, WeeklyAvailability
from scheduler.models.availability import MAX_LABEL_LENGTH
from scheduler.text.availability import LEVELS

if TYPE_CHECKING:
    from datetime import time

    from accounts.models import Person

QUARTER: Final = 15
SHARE_HELP: Final = _(
    "They look for times of new groups and for who facilitates them. Nobody sees your week itself."
)


class QuarterField(forms.TimeField):
    """A time of day in whole quarter hours."""

    def __init__(self, label: Any, help_text: Any = "") -> None:
        widget = forms.TimeInput(attrs={"type": "time", "step": QUARTER * 60}, format="%H:%M")
        super().__init__(label=label, help_text=help_text, widget=widget)

    def clean(self, value: Any) -> time | None:
        """Return the time.

        Raises:
            ValidationError: it is not a whole quarter hour.
        """
        at: time | None = super().clean(value)
        if at and (at.minute % QUARTER or at.second):
            raise ValidationError(_("Choose a time that ends in 00, 15, 30 or 45."))
        return at


class WindowForm(forms.Form):
    """The same hours on some days, and their level."""

    days = Checkboxes(label=_("On"), choices=[(day, WEEKDAYS[day]) for day in range(7)])
    starts = QuarterField(_("From"))
    ends = QuarterField(_("To"), _("An end before the beginning lies after midnight."))
    level = forms.TypedChoiceField(
        label=_("These hours are"),
        choices=[(int(level), LEVELS[level]) for level in Level],
        coerce=int,
        initial=int(Level.FINE),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["days"].required = True

    @property
    def window(self) -> Window:
        """Return the window of a valid form."""
        data = self.cleaned_data
        return Window(frozenset(data["days"]), data["starts"], data["ends"], Level(data["level"]))


class SeasonForm(forms.ModelForm[AvailabilitySeason]):
    """A part of the year in which another week applies."""

    class Meta:
        model = AvailabilitySeason
        fields = ["label", "first_on", "last_on", "is_yearly"]
        widgets = {
            "label": forms.TextInput(attrs={"autocomplete": "off", "maxlength": MAX_LABEL_LENGTH}),
            "first_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "last_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "label": _("Only you read it: summer, exams, Ramadan."),
            "is_yearly": _("Untick it for days that move, and set them again next year."),
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a season that ends before it begins, or is longer than a year."""
        data = super().clean() or {}
        if data.get("first_on") and data.get("last_on"):
            try:
                Season(data["first_on"], data["last_on"], ())
            except SeasonEndsBefore:
                self.add_error(
                    "last_on", _("Choose a day between its first day and a year after it.")
                )
        return data


class GroupCheckboxes(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Some of a person's groups, by name."""

    def label_from_instance(self, obj: Group) -> str:
        """Return the name."""
        return obj.name


class SharesForm(forms.Form):
    """With whom the week is shared."""

    groups = GroupCheckboxes(
        label=_("These groups"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    everywhere = forms.BooleanField(
        label=_("All my groups, also those I join later"), required=False
    )
    coordinators = forms.BooleanField(
        label=_("Coordinators who put new groups together"), required=False, help_text=SHARE_HELP
    )

    def __init__(
        self, *args: Any, person: Person, week: WeeklyAvailability, **options: Any
    ) -> None:
        groups = Group.objects.joined_by(person).order_by("name")
        shared = AvailabilityShare.objects.in_force().filter(membership__person=person)
        initial = {
            "groups": list(shared.values_list("membership__group", flat=True)),
            "everywhere": week.shared_with_all_groups,
            "coordinators": week.shared_with_coordinators,
        }
        super().__init__(*args, **{"initial": initial} | options)
        field = self.fields["groups"]
        assert isinstance(field, GroupCheckboxes)  # noqa: S101 - declared above
        field.queryset = groups
