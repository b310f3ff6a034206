"""Model fields: a public key, a time zone, a wall-clock time."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneField

from civiltime import zones

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    _ZoneColumn = models.Field[ZoneInfo | str, ZoneInfo]
else:
    _ZoneColumn = TimeZoneField

KEY_BYTES = 9


def new_key() -> str:
    """Return 72 random bits as 12 URL-safe characters."""
    return secrets.token_urlsafe(KEY_BYTES)


def new_uid_key() -> str:
    """Return 256 random bits in hex, the secret from which a person's calendar UIDs are derived."""
    return secrets.token_hex(32)


class KeyField(models.CharField[str, str]):
    """The random key of a row in URLs and feeds, which shows neither a name nor a count."""

    def __init__(self, **options: Any) -> None:
        fixed: dict[str, Any] = {
            "max_length": 16,
            "default": new_key,
            "unique": True,
            "editable": False,
        }
        super().__init__(**fixed | options)


class ZoneField(_ZoneColumn):
    """A time zone under its canonical name; the list of names is kept out of migrations."""

    def __init__(self, *args: Any, **options: Any) -> None:
        names = [(name, name) for name in sorted(zones.canonical_names())]
        super().__init__(*args, **{"choices": names} | options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Leave out the names: a new release of the tz database needs no migration."""
        name, path, args, options = super().deconstruct()
        options.pop("choices", None)
        return name, path, args, options


class LocalDateTimeField(models.Field[datetime | str, datetime]):
    """A wall-clock date and time without a zone, to the minute; its zone is another column.

    Stored as text such as ``2026-10-25T18:00``, which sorts chronologically. Database drivers and
    adapters convert datetime columns between zones; they cannot convert this text.
    """

    description = _("Date and time on the wall")
    FORMAT = "%Y-%m-%dT%H:%M"

    def get_internal_type(self) -> str:
        """Store as text."""
        return "CharField"

    def __init__(self, **options: Any) -> None:
        fixed: dict[str, Any] = {"max_length": 16}
        super().__init__(**fixed | options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Leave the fixed length out of migrations."""
        name, path, args, options = super().deconstruct()
        options.pop("max_length", None)
        return name, path, args, options

    def from_db_value(self, value: str | None, *_: object) -> datetime | None:
        """Return the stored text as a naive datetime."""
        return None if value is None else datetime.fromisoformat(value)

    def to_python(self, value: object) -> datetime | None:
        """Return a naive datetime.

        Raises:
            ValidationError: the value is no datetime, or has a zone.
        """
        if value is None or (isinstance(value, datetime) and value.tzinfo is None):
            return value
        try:
            return datetime.strptime(str(value), self.FORMAT)  # noqa: DTZ007 - naive is the point
        except ValueError:
            raise ValidationError(
                _("Give a date and a time without zone: 2026-10-25T18:00.")
            ) from None

    def get_prep_value(self, value: object) -> str | None:
        """Return the text to store."""
        local = self.to_python(super().get_prep_value(value))
        return None if local is None else local.strftime(self.FORMAT)

    def value_to_string(self, obj: models.Model) -> str:
        """Return the text for serialisers."""
        return str(self.get_prep_value(self.value_from_object(obj)))
