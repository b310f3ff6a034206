"""Forms to create a proposed group and to request one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from scheduler.forms.groups import AliasField, OrganisationField, language_choices
from scheduler.models import Group, Organisation


class CreateFromProposalForm(forms.ModelForm[Group]):
    """What a proposal does not know of a group: its name, description and the facilitator's alias."""

    alias = AliasField()

    class Meta:
        model = Group
        fields = ["name", "about", "capacity"]
        widgets = {"about": forms.Textarea(attrs={"rows": 4})}


class GroupRequestForm(forms.Form):
    """The organisation and languages of a request."""

    organisation = OrganisationField(
        label=_("Which organisations should know?"),
        queryset=Organisation.objects.order_by("name"),
        empty_label=None,
        help_text=_("They learn that somebody looks for a group in these languages, not who."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you would speak there"),
        choices=language_choices,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Hold Ctrl or ⌘ to choose several."),
    )
