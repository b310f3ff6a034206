"""The form that recovers an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms.people import PASSWORD_LENGTH, NewPasswordField
from accounts.forms.throttle import Throttle
from accounts.models.person import USER_NAME_LENGTH, Person
from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from django.http import HttpRequest

RECOVERY_ATTEMPTS: Final = Throttle("recovery-code")
MAX_TYPED_LENGTH: Final = 80


class RecoverAccountForm(forms.Form):
    """A user name, its recovery code and a new password."""

    username = forms.CharField(
        label=_("User name"),
        max_length=USER_NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    code = forms.CharField(
        label=_("Recovery code"),
        max_length=MAX_TYPED_LENGTH,
        help_text=_("Seven groups of four letters and digits. Dashes and capitals do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    password = NewPasswordField(label=_("Your new password"), max_length=PASSWORD_LENGTH)

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request

    def clean(self) -> dict[str, Any]:
        """Check the new password first, then count the attempt; the action checks the code."""
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            validate_password(data["password"], Person(username=data["username"]))
        except ValidationError as weakness:
            self.add_error("password", weakness)
            return data
        try:
            RECOVERY_ATTEMPTS.count(self.request, data["username"])
        except CommonhourError as error:
            raise ValidationError(str(error), code=error.code) from None
        return data

    def refund(self) -> None:
        """Do not count this attempt: the code was right."""
        RECOVERY_ATTEMPTS.refund(self.request, self.cleaned_data["username"])
