"""Sign up, sign in, choose a zone and a language."""

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

from accounts.forms.throttle import PASSPHRASES
from accounts.models.person import HANDLE_LENGTH, Person
from civiltime import zones
from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from django.http import HttpRequest

PASSPHRASE_LENGTH = 200


def zone_choices() -> list[tuple[str, str]]:
    """Return every place with a clock, as a form offers it."""
    return [(name, name.replace("_", " ")) for name in sorted(zones.canonical_names())]


class NewPassphraseField(forms.CharField):
    """A passphrase to be remembered from now on; what makes one strong is said beside it."""

    def __init__(self, **options: Any) -> None:
        help_text = lazy(lambda: " ".join(filter(None, password_validators_help_texts())), str)()
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(strip=False, help_text=help_text, widget=widget, **options)


class SignUpForm(forms.Form):
    """A handle and a passphrase; an address only for those who want mail."""

    handle = forms.CharField(
        label=_("Handle"),
        min_length=2,
        max_length=HANDLE_LENGTH,
        validators=[
            RegexValidator(r"^[\w.\-]+$", _("Use letters, digits, dots, dashes and underscores."))
        ],
        help_text=_("Only you use it, to sign in. Please do not use your name."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    passphrase = NewPassphraseField(label=_("Passphrase"), max_length=PASSPHRASE_LENGTH)
    email = forms.EmailField(
        label=_("E-mail, if you want reminders"),
        required=False,
        help_text=_("Optional. It is never shown to anyone and nobody can sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    tz = forms.ChoiceField(label=_("Your time zone"), choices=zone_choices)
    wants_spare_key = forms.BooleanField(
        label=_("Make me a spare key, to print or write down"),
        required=False,
        help_text=_(
            "It is the only way in if you forget the passphrase. You can also do it later."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Say beside the passphrase what is weak about it."""
        data = super().clean() or {}
        if "passphrase" in data and "handle" in data:
            try:
                validate_password(data["passphrase"], Person(handle=data["handle"]))
            except ValidationError as weakness:
                self.add_error("passphrase", weakness)
        return data


class SignInForm(forms.Form):
    """A handle and its passphrase."""

    handle = forms.CharField(
        label=_("Handle"),
        max_length=HANDLE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    passphrase = forms.CharField(
        label=_("Passphrase"),
        max_length=PASSPHRASE_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request
        self.person: Person | None = None

    def clean(self) -> dict[str, Any]:
        """Find the person. An unknown handle and a wrong passphrase read and take the same."""
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            PASSPHRASES.admit(self.request, data["handle"])
        except CommonhourError as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from None
        found = authenticate(self.request, username=data["handle"], password=data["passphrase"])
        if not isinstance(found, Person):
            raise ValidationError(_("This handle and passphrase do not go together."), code="wrong")
        PASSPHRASES.forgive(self.request, data["handle"])
        self.person = found
        return data


class PresentPassphraseForm(forms.Form):
    """Asks for the present passphrase before something that an open screen must not allow."""

    current = forms.CharField(
        label=_("Your present passphrase"),
        max_length=PASSPHRASE_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request

    def clean_current(self) -> str:
        """Refuse a wrong one, and slow down whoever guesses at an open screen."""
        current, person = str(self.cleaned_data["current"]), self.request.user
        try:
            PASSPHRASES.admit(self.request, person.get_username())
        except CommonhourError as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from None
        if not person.check_password(current):
            raise ValidationError(_("This is not your present passphrase."), code="wrong")
        PASSPHRASES.forgive(self.request, person.get_username())
        return current


class PassphraseForm(PresentPassphraseForm):
    """Another passphrase, chosen by someone who knows the present one."""

    passphrase = NewPassphraseField(label=_("The new one"), max_length=PASSPHRASE_LENGTH)


class ZoneForm(forms.Form):
    """Where the reader's clock hangs."""

    tz = forms.ChoiceField(label=_("Your time zone"), choices=zone_choices)
