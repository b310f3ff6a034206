"""Forms to message a group, answer an application, set seats and cover sessions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from scheduler.forms.groups import AliasField, language_choices
from scheduler.models.groups import MAXIMUM_CAPACITY, Membership
from scheduler.models.messages import MESSAGE_LENGTH
from scheduler.models.organisations import MAX_SESSIONS_PER_WEEK

NOTE_LENGTH = 300


class MessageForm(forms.Form):
    """A message to all members."""

    text = forms.CharField(
        label=_("Message to all members"),
        max_length=MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("It comes from the facilitators. Nobody can answer it here."),
    )


class AnswerForm(forms.Form):
    """A note with the answer to an application."""

    note = forms.CharField(
        label=_("A note"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SeatsForm(forms.Form):
    """The number of seats of one session."""

    capacity = forms.IntegerField(
        label=_("Places in this session"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(MAXIMUM_CAPACITY)],
        help_text=_(
            "Empty means the group’s usual number. With more than 8, lead it with a co-facilitator."
        ),
    )


class AcceptCoverForm(forms.Form):
    """The alias of a substitute; members of the group have one already."""

    alias = AliasField()

    def __init__(self, *args: Any, membership: Membership | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if membership and membership.state not in {
            Membership.State.LEFT,
            Membership.State.COVERING,
        }:
            del self.fields["alias"]


class WakingHoursForm(forms.Form):
    """When, how often and in which languages a person may be invited to cover."""

    awake_from = forms.TimeField(
        label=_("Not before"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    awake_until = forms.TimeField(
        label=_("Not after"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In the time of where you live. It can be after midnight."),
    )
    max_sessions_per_week = forms.IntegerField(
        label=_("Sessions a week at most"),
        min_value=0,
        max_value=MAX_SESSIONS_PER_WEEK,
        help_text=_("Those of your own groups count too."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages in which you can lead"),
        choices=language_choices,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("None means your own language and those of the groups you facilitate."),
    )
