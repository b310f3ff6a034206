"""What people fill in about the ways that lead to them besides mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.models import Transport
from notifications.models.devices import LABEL_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBER: Final = re.compile(r"\+[1-9]\d{7,14}")  # E.164
BETWEEN_DIGITS: Final = re.compile(r"[\s\-./()]|^00(?=[1-9])")


class DeviceForm(forms.Form):
    """A browser's subscription, filled in by the page's script, and what to call the device."""

    label = forms.CharField(
        label=_("What you call this device"),
        max_length=LABEL_LENGTH - 3,  # a second one of the same name gets a number
        help_text=_("So that you can tell your devices apart. Only you see it."),
    )
    endpoint = forms.URLField(max_length=500, assume_scheme="https", widget=forms.HiddenInput)
    agreement_key = forms.CharField(max_length=100, widget=forms.HiddenInput)
    auth_secret = forms.CharField(max_length=30, widget=forms.HiddenInput)


class ContactForm(forms.Form):
    """Where the operator's gateway reaches someone, to be proved by a code."""

    address = forms.CharField(max_length=80, label=_("Your name or number there"))

    def __init__(self, data: Mapping[str, object] | None = None, *, transport: Transport) -> None:
        """Ask for a telephone number where the way is text messages."""
        super().__init__(data, prefix=transport.value)
        self.transport = transport
        if transport == Transport.SMS:
            field = self.fields["address"]
            field.label = _("Mobile number")
            field.help_text = _("With the country’s code, such as +45 20 12 34 56.")
            field.widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}

    def clean_address(self) -> str:
        """Bring a number into the one spelling that gateways know."""
        typed = str(self.cleaned_data["address"]).strip()
        if self.transport != Transport.SMS:
            return typed
        number = BETWEEN_DIGITS.sub(lambda found: "+" if found[0] == "00" else "", typed)
        if not NUMBER.fullmatch(number):
            raise forms.ValidationError(
                _(
                    "Please write it with a plus sign and the country’s code, such as +45 20 12 34 56."
                )
            )
        return number
