"""Show the errors of actions on the form that was submitted."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django import forms


@contextmanager
def errors_shown_on(form: forms.BaseForm, *, field: str | None = None) -> Iterator[None]:
    """Add a :class:`CommonhourError` or ``ValidationError`` to the form's errors; others pass."""
    try:
        yield
    except CommonhourError as error:
        form.add_error(field, str(error))
    except ValidationError as error:
        form.add_error(field, error)
