"""Devices and addresses for transports other than e-mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.models import Transport
from notifications.models.devices import MAX_LABEL_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping

E164: Final = re.compile(r"\+[1-9]\d{7,14}")
SEPARATORS: Final = re.compile(r"[\s\-./()]|^00(?=[1-9])")


class DeviceForm(forms.Form):
    """A browser's push subscription, set by the page's script, and a label for the device."""

    label = forms.CharField(
        label=_("What you call this device"),
        max_length=MAX_LABEL_LENGTH - 3,  # room for a number, if there is another of this name
        help_text=_("So that you can tell your devices apart. Only you see it."),
    )
    endpoint = forms.URLField(max_length=500, assume_scheme="https", widget=forms.HiddenInput)
    agreement_key = forms.CharField(max_length=100, widget=forms.HiddenInput)
    auth_secret = forms.CharField(max_length=30, widget=forms.HiddenInput)


class ContactForm(forms.Form):
    """An address for one of the operator's gateways, to be verified by a code."""

    address = forms.CharField(max_length=80, label=_("Your name or number there"))

    def __init__(self, data: Mapping[str, object] | None = None, *, transport: Transport) -> None:
        """Make it a telephone number if the transport is text messages."""
        super().__init__(data, prefix=transport.value)
        self.transport = transport
        if transport == Transport.SMS:
            field = self.fields["address"]
            field.label = _("Mobile number")
            field.help_text = _("With the country’s code, such as +45 20 12 34 56.")
            field.widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}

    def clean_address(self) -> str:
        """Return a telephone number in E.164, other addresses without surrounding spaces."""
        typed = str(self.cleaned_data["address"]).strip()
        if self.transport != Transport.SMS:
            return typed
        number = SEPARATORS.sub(lambda prefix: "+" if prefix[0] == "00" else "", typed)
        if not E164.fullmatch(number):
            raise forms.ValidationError(
                _(
                    "Please write it with a plus sign and the country’s code, such as +45 20 12 34 56."
                )
            )
        return number
