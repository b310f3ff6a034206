"""Forms to sign up, sign in, change the password and choose a time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms.throttle import PASSWORD_ATTEMPTS
from accounts.models.person import USER_NAME_LENGTH, Person
from civiltime import zones
from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from django.http import HttpRequest

PASSWORD_LENGTH = 200


def zone_choices() -> list[tuple[str, str]]:
    """Return all canonical zones as form choices, in alphabetical order."""
    return [(name, name.replace("_", " ")) for name in sorted(zones.canonical_names())]


class RevealablePassword(forms.PasswordInput):
    """A password input; a script puts a button beside it that shows what was typed."""

    def __init__(self, autocomplete: str) -> None:
        super().__init__(
            attrs={
                "autocomplete": autocomplete,
                "data-behaviour": "reveal",
                "data-show": _("Show"),
                "data-hide": _("Hide"),
            }
        )


def zone_called(text: str) -> str:
    """Return the canonical name of the zone with this IANA name or place: ``Buenos Aires, Argentina``.

    Raises:
        UnknownZone: none, or more than one, is called so.
    """
    wanted = "/".join(reversed(text.strip().split(", "))).casefold().replace(" ", "_")
    found = [
        name for name in zones.canonical_names() if f"/{name.casefold()}".endswith(f"/{wanted}")
    ]
    return found[0] if wanted and len(found) == 1 else zones.zone(text.strip()).key


class NewPasswordField(forms.CharField):
    """A new password, with the rules for it as help text."""

    def __init__(self, **options: Any) -> None:
        help_text = lazy(lambda: " ".join(filter(None, password_validators_help_texts())), str)()
        widget = RevealablePassword("new-password")
        super().__init__(strip=False, help_text=help_text, widget=widget, **options)


class NewAccountForm(forms.Form):
    """A user name and a password for a new account."""

    username = forms.CharField(
        label=_("User name"),
        min_length=2,
        max_length=USER_NAME_LENGTH,
        validators=[
            RegexValidator(r"^[\w.\-]+$", _("Use letters, digits, dots, dashes and underscores."))
        ],
        help_text=_("Only you use it, to sign in. Not your real name."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = NewPasswordField(label=_("Password"), max_length=PASSWORD_LENGTH)

    def clean(self) -> dict[str, Any]:
        """Show on the password field why the password is too weak."""
        data = super().clean() or {}
        if "password" in data and "username" in data:
            try:
                validate_password(data["password"], Person(username=data["username"]))
            except ValidationError as weakness:
                self.add_error("password", weakness)
        return data


class SignUpForm(NewAccountForm):
    """A new account with its time zone; an e-mail address is optional."""

    email = forms.EmailField(
        label=_("E-mail, if you want reminders"),
        required=False,
        help_text=_("It is never shown to anyone and nobody can sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    tz = forms.ChoiceField(label=_("Your time zone"), choices=zone_choices)
    wants_recovery_code = forms.BooleanField(
        label=_("Make me a recovery code, to print or write down"),
        required=False,
        help_text=_("It is the only way in if you forget the password. You can also do it later."),
    )


class SignInForm(forms.Form):
    """A user name and its password."""

    username = forms.CharField(
        label=_("User name"),
        max_length=USER_NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=RevealablePassword("current-password"),
    )

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request
        self.person: Person | None = None

    def clean(self) -> dict[str, Any]:
        """Authenticate. An unknown user name and a wrong password take the same time and queries."""
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            PASSWORD_ATTEMPTS.count(self.request, data["username"])
        except CommonhourError as error:
            raise ValidationError(str(error), code=error.code) from None
        found = authenticate(self.request, username=data["username"], password=data["password"])
        if not isinstance(found, Person):
            raise ValidationError(
                _("This user name and password do not go together."), code="wrong"
            )
        PASSWORD_ATTEMPTS.refund(self.request, data["username"])
        self.person = found
        return data


class CurrentPasswordForm(forms.Form):
    """The current password, asked for before a change that a person at an open screen must not make."""

    current = forms.CharField(
        label=_("Your current password"),
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=RevealablePassword("current-password"),
    )

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request

    def clean_current(self) -> str:
        """Return the current password.

        Raises:
            ValidationError: it is wrong, or was wrong too often.
        """
        current, person = str(self.cleaned_data["current"]), self.request.user
        try:
            PASSWORD_ATTEMPTS.count(self.request, person.get_username())
        except CommonhourError as error:
            raise ValidationError(str(error), code=error.code) from None
        if not person.check_password(current):
            raise ValidationError(_("This is not your current password."), code="wrong")
        PASSWORD_ATTEMPTS.refund(self.request, person.get_username())
        return current


class ChangePasswordForm(CurrentPasswordForm):
    """A new password beside the current one."""

    password = NewPasswordField(label=_("New password"), max_length=PASSWORD_LENGTH)


class ZoneForm(forms.Form):
    """A time zone, by its IANA name or by the place that stands for it."""

    tz = forms.CharField(
        label=_("Your time zone"),
        max_length=64,
        help_text=_("Type the name of a large city in your time zone, such as Berlin or Nairobi."),
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )

    def clean_tz(self) -> str:
        """Return the IANA name of the zone.

        Raises:
            ValidationError: no zone is called so.
        """
        try:
            return zone_called(str(self.cleaned_data["tz"]))
        except zones.UnknownZone:
            raise ValidationError(
                _("Please choose a place from the list."), code="unknown"
            ) from None
