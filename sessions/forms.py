"""Forms of the pages outside the room."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.models import Report
from sessions.models.records import REASON_LENGTH


class AppealForm(forms.Form):
    """What a removed person writes to the facilitators."""

    text = forms.CharField(
        label=_("What you want to say"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class DecisionForm(forms.Form):
    """The decision about a report."""

    decision = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=Report.Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one.")},
    )
    note = forms.CharField(
        label=_("A note for those who may read this report"),
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_(
            "For a removal this is the reason that the second facilitator reads; if you leave it "
            "empty, the reporter's own words are."
        ),
    )
