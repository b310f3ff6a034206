"""Come in with a spare key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms.people import PASSPHRASE_LENGTH, NewPassphraseField
from accounts.forms.throttle import Throttle
from accounts.models.person import HANDLE_LENGTH, Person
from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from django.http import HttpRequest

SPARE_KEYS: Final = Throttle("spare-key")
LONGEST_TYPED: Final = 80


class OpenForm(forms.Form):
    """A handle, its spare key, and the passphrase from now on."""

    handle = forms.CharField(
        label=_("Handle"),
        max_length=HANDLE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    code = forms.CharField(
        label=_("Spare key"),
        max_length=LONGEST_TYPED,
        help_text=_("Seven groups of four letters and digits. Dashes and capitals do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    passphrase = NewPassphraseField(label=_("Your new passphrase"), max_length=PASSPHRASE_LENGTH)

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request

    def clean(self) -> dict[str, Any]:
        """Refuse a weak passphrase before the key is looked at, and whoever tries too often."""
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            validate_password(data["passphrase"], Person(handle=data["handle"]))
        except ValidationError as weakness:
            self.add_error("passphrase", weakness)
            return data
        try:
            SPARE_KEYS.admit(self.request, data["handle"])
        except CommonhourError as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from None
        return data

    def forgive(self) -> None:
        """Do not hold it against anyone that the key was right."""
        SPARE_KEYS.forgive(self.request, self.cleaned_data["handle"])
