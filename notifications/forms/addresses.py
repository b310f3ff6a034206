"""An e-mail address, and the code that verifies it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    """An e-mail address to be verified."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("If others read your mail or see your screen, use another address or none."),
        error_messages={"max_length": _("At most 254 characters, please.")},
    )


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=_("Six digits, valid for ten minutes."),
        error_messages={"max_length": _("The code has six digits.")},
    )
