"""Password validators with our own sentences."""

from __future__ import annotations

from django.contrib.auth import password_validation as django_rules
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LongEnough(django_rules.MinimumLengthValidator):
    """A minimum length and no rule about characters."""

    def get_error_message(self) -> str:
        """Return what to do."""
        return ngettext(
            "Use at least %d character: a few words that only you would put together.",
            "Use at least %d characters: a few words that only you would put together.",
            self.min_length,
        ) % (self.min_length)

    def get_help_text(self) -> str:
        """Return what is wanted."""
        return self.get_error_message()


class NotCommon(django_rules.CommonPasswordValidator):
    """Refuses the most common passwords."""

    def get_error_message(self) -> str:
        """Return what to do."""
        return _("This is one of the passwords that are guessed first. Choose another.")

    def get_help_text(self) -> str:
        """Return nothing: the length says enough."""
        return ""


class NotTheUserName(django_rules.UserAttributeSimilarityValidator):
    """Refuses a password that resembles the user name."""

    def __init__(self) -> None:
        super().__init__(user_attributes=["username"])

    def get_error_message(self) -> str:
        """Return what to do."""
        return _("This is too close to your user name. Choose something else.")

    def get_help_text(self) -> str:
        """Return nothing: the length says enough."""
        return ""
