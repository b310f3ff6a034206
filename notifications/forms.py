"""What people fill in about being reminded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.models import Consent, ReminderChoice, Topic, Way
from notifications.models.preferences import DEFAULT_LEADS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.models import Person

MOST_REMINDERS = 3


class AddressForm(forms.Form):
    """An e-mail address to be proved."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_(
            "We send a code there, and later only what you switch on below. "
            "If others read your mail or your screen, choose another address or none."
        ),
        error_messages={"max_length": _("At most 254 characters, please.")},
    )


class CodeForm(forms.Form):
    """The code that came by mail."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=_("Six digits, valid for ten minutes."),
        error_messages={"max_length": _("The code has six digits.")},
    )


class RemindersForm(forms.Form):
    """Whether reminders come by e-mail, and when."""

    leads = forms.TypedMultipleChoiceField(
        label=_("Remind me"),
        choices=ReminderChoice.Lead.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Please choose from the list.")},
    )
    agreed = forms.BooleanField(
        label=_(
            "Yes, write to me by e-mail: these reminders, and when something moves or is cancelled"
        ),
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: Person) -> None:
        """Start from what this person chose, or else from what helps most people."""
        chosen = ReminderChoice.objects.general().filter(person=person)
        consents = Consent.objects.in_force().filter(
            person=person, way=Way.EMAIL, topic=Topic.REMINDERS
        )
        super().__init__(
            data,
            initial={
                "leads": list(chosen.values_list("lead_minutes", flat=True)) or DEFAULT_LEADS,
                "agreed": consents.exists(),
            },
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a yes to nothing, and more reminders than help."""
        cleaned = super().clean() or self.cleaned_data
        leads = cleaned.get("leads", [])
        if cleaned.get("agreed") and not leads:
            self.add_error("leads", _("Choose at least one moment."))
        if len(leads) > MOST_REMINDERS:
            self.add_error("leads", _("At most three: more reminders do not help more."))
        return cleaned
