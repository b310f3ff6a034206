"""Make a calendar address."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FeedForm(forms.Form):
    """For which device."""

    label = forms.CharField(
        label=_("For which device or calendar"),
        max_length=40,
        help_text=_(
            "Only you see this. One address for each device, so that you can end them one by one."
        ),
    )
