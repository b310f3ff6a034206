"""Forms of feeds, own names of groups, and the upload of a calendar file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calendars.models import MAX_LABEL_LENGTH, Feed
from scheduler.models import Group, Membership
from scheduler.rules.names import MAX_ALIAS_LENGTH

if TYPE_CHECKING:
    from accounts.models import Person


class GroupField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A choice of groups by name."""

    def label_from_instance(self, obj: Group) -> str:
        """Return the group's name."""
        return obj.name


class FeedForm(forms.Form):
    """The choices of a new feed of ``person``."""

    label = forms.CharField(
        label=_("What you call this calendar"),
        max_length=MAX_LABEL_LENGTH,
        required=False,
        help_text=_("Only you see it. One link for each device lets you disconnect one by one."),
    )
    group = GroupField(
        label=_("Which sessions"),
        queryset=Group.objects.none(),
        required=False,
        empty_label=_("All my groups"),
    )
    level = forms.TypedChoiceField(
        label=_("What a session is called"),
        choices=Feed.Level.choices,
        coerce=int,
        initial=Feed.Level.NEUTRAL,
        required=False,
        help_text=_("Think of who looks at this calendar with you, and of a locked screen."),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    profile = forms.ChoiceField(
        label=_("How sessions are written"),
        choices=Feed.Profile.choices,
        initial=Feed.Profile.FLAT,
        required=False,
    )

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        groups, languages = self.fields["group"], self.fields["language"]
        assert isinstance(groups, GroupField)  # noqa: S101 - declared above
        assert isinstance(languages, forms.ChoiceField)  # noqa: S101 - declared above
        groups.queryset = Group.objects.joined_by(person).order_by("name")
        languages.choices = settings.LANGUAGES
        offered = {code for code, _name in settings.LANGUAGES}
        languages.initial = (
            person.language if person.language in offered else settings.LANGUAGE_CODE
        )

    def clean(self) -> dict[str, Any]:
        """Fill in what was left open: a link takes one press, and no choice."""
        data = super().clean() or {}
        data["label"] = data.get("label") or gettext("My calendar")
        data["language"] = data.get("language") or self.fields["language"].initial
        data["level"] = data.get("level") or Feed.Level.NEUTRAL
        data["profile"] = data.get("profile") or Feed.Profile.FLAT
        return data


class OwnNamesForm(forms.Form):
    """What a person calls each of their groups in their own calendar."""

    def __init__(self, *args: Any, memberships: list[Membership], **options: Any) -> None:
        super().__init__(*args, **options)
        self.memberships = memberships
        for membership in memberships:
            self.fields[f"own_name_{membership.pk}"] = forms.CharField(
                label=membership.group.name,
                initial=membership.own_name,
                max_length=MAX_ALIAS_LENGTH,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def own_name(self, membership: Membership) -> str:
        """Return the name given for a membership; the form must be valid."""
        return str(self.cleaned_data[f"own_name_{membership.pk}"])


class CalendarFileForm(forms.Form):
    """A calendar file that a facilitator uploads."""

    file = forms.FileField(
        label=_("Calendar file (.ics)"),
        help_text=_("Export only the group's own calendar: at most 500 events and 256 KiB."),
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )
