"""What people write outside the room."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.models.records import REASON_LENGTH


class AskForm(forms.Form):
    """What a removed person says to the facilitators."""

    text = forms.CharField(
        label=_("What you want to say"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
