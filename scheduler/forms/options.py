"""Forms that ask few questions and fold away what has a good default."""

from __future__ import annotations

from typing import ClassVar

from django import forms


class FoldedOptions(forms.BaseForm):
    """Splits a form into its questions and its options.

    Attributes:
        QUESTIONS: the names of the fields that are always shown.
    """

    QUESTIONS: ClassVar[tuple[str, ...]]

    @property
    def options(self) -> list[forms.BoundField]:
        """Return the fields that have a good default."""
        return [self[name] for name in self.fields if name not in self.QUESTIONS]

    @property
    def has_option_errors(self) -> bool:
        """Whether a field with a default has an error, so that it has to be shown."""
        return any(field.errors for field in self.options)
