"""Forms to create and describe a group, and to join one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts import languages
from accounts.forms.people import NewAccountForm
from accounts.models.person import USER_NAME_LENGTH
from civiltime.recurrence import Weekday
from scheduler.actions.memberships import HandOver
from scheduler.forms.options import FoldedOptions
from scheduler.forms.schedule import StartField
from scheduler.models import Group, Membership, Organisation
from scheduler.rules.names import MAX_ALIAS_LENGTH
from scheduler.text.agreement import suggested_names

if TYPE_CHECKING:
    from accounts.models import Person


def language_choices() -> list[tuple[str, str]]:
    """Return all languages as form choices, each by its own name."""
    return [(code, f"{languages.native_name(code)} ({code})") for code in languages.names()]


class AliasField(forms.CharField):
    """A person's alias in one group."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("What should we call you here?"),
            max_length=MAX_ALIAS_LENGTH,
            help_text=_("Not your real name. Others in this group see only this."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            **options,
        )


class GroupForm(forms.ModelForm[Group]):
    """The description of a group."""

    languages = forms.MultipleChoiceField(
        label=_("Languages spoken"),
        choices=language_choices,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Hold Ctrl or ⌘ to choose several."),
    )

    class Meta:
        model = Group
        fields = [
            "name",
            "about",
            "languages",
            "tz",
            "capacity",
            "join_policy",
            "welcomes_guests",
            "is_listed",
        ]
        help_texts = {
            "tz": _("The group’s time stays the same here when clocks change."),
            "capacity": _(
                "Up to 8 works well with one facilitator. Above 8, make someone a co-facilitator."
            ),
            "welcomes_guests": _(
                "In open groups only. They give a name for this group and see one session."
            ),
            "is_listed": _("Untick to show it only to its members."),
        }
        widgets = {"about": forms.Textarea(attrs={"rows": 4})}


class OrganisationField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """An organisation, by its name."""

    def label_from_instance(self, obj: Organisation) -> str:
        """Return the name."""
        return obj.name


class MemberChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A membership, by its alias and what the person does in the group."""

    def label_from_instance(self, obj: Membership) -> str:
        """Return the alias, with the role of a facilitator."""
        if obj.is_facilitating:
            return f"{obj.alias} ({obj.get_role_display()})"
        return obj.alias


class StartGroupForm(FoldedOptions, GroupForm):
    """A new group with its weekly time: four questions, and defaults for the rest."""

    LENGTHS: Final = [(minutes, _("%d min") % minutes) for minutes in (45, 60, 90)]

    language = forms.ChoiceField(label=_("Language"), choices=language_choices)
    weekday = forms.TypedChoiceField(
        label=_("Day"), coerce=int, choices=[(int(day), WEEKDAYS[day]) for day in Weekday]
    )
    starts = StartField()
    duration_minutes = forms.TypedChoiceField(
        label=_("How long"), choices=LENGTHS, coerce=int, initial=60,
        widget=forms.RadioSelect(attrs={"class": "ticks"}),
    )  # fmt: skip
    organisation = OrganisationField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=None
    )
    alias = AliasField()
    QUESTIONS = ("name", "language", "weekday", "starts", "duration_minutes")

    class Meta(GroupForm.Meta):
        error_messages = {"name": {"required": _("Give the group a name")}}
        help_texts = GroupForm.Meta.help_texts | {
            "name": _("People see it in lists. Avoid words about drugs: it may show on a phone.")
        }

    def __init__(self, *args: Any, by: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organisation"]
        assert isinstance(field, OrganisationField)  # noqa: S101 - declared above
        field.queryset = Organisation.objects.filter(affiliations__person=by).order_by("name")
        del self.fields["languages"]
        self.fields["name"].label = _("Name of the group")

    def clean(self) -> dict[str, Any]:
        """Return the one language as the first of several, which are added to the description."""
        data = super().clean() or {}
        if "language" in data:
            data["languages"] = [data.pop("language")]
        return data


class AgreementField(forms.BooleanField):
    """The tick under the group agreement."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("I keep what I hear to myself, and who was here."),
            error_messages={"required": _("Tick this to join. It protects everyone, also you.")},
            **options,
        )


class NewcomerForm(forms.Form):
    """What everybody answers before they first enter: an alias, with suggestions, and the agreement."""

    alias = AliasField()
    agrees = AgreementField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.names = suggested_names()
        self.initial.setdefault("alias", self.names[0])


class JoinForm(NewcomerForm):
    """How somebody joins a group: as a newcomer, with an invitation code where it takes one."""

    code = forms.CharField(
        label=_("Invitation code"),
        required=False,
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}
        ),
    )
    field_order = ["alias", "code", "agrees"]

    def __init__(self, *args: Any, group: Group, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.initial.get("code"):  # it came with a link
            self.fields["code"].widget = forms.HiddenInput()
        elif group.join_policy == Group.JoinPolicy.OPEN and not self.data.get("code"):
            del self.fields["code"]
        elif group.join_policy == Group.JoinPolicy.INVITATION:
            self.fields["code"].required = True


class JoinWithNewAccountForm(NewAccountForm, JoinForm):
    """An account and a place in a group, made together."""

    field_order = ["alias", "code", "username", "password", "agrees"]


class JoinSessionForm(NewcomerForm):
    """What a newcomer, or a member who has not agreed yet, answers on the way into a session."""

    def __init__(self, *args: Any, membership: Membership | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if membership is not None:  # they have an alias already
            del self.fields["alias"]


class InvitationLinkForm(forms.Form):
    """How people join by a link, and how long it works."""

    LIFETIMES: Final = [(7, _("7 days")), (30, _("30 days")), (90, _("3 months"))]

    joins = forms.ChoiceField(
        label=_("Whoever has the link"),
        choices=[
            ("at_once", _("joins at once")),
            ("by_approval", _("asks to join, and a facilitator answers")),
        ],
        initial="at_once",
        widget=forms.RadioSelect,
    )
    days = forms.TypedChoiceField(
        label=_("The link works for"), choices=LIFETIMES, coerce=int, initial=30
    )

    def __init__(self, *args: Any, group: Group, **options: Any) -> None:
        super().__init__(*args, **options)
        if group.join_policy == Group.JoinPolicy.OPEN:  # where anyone may join, nobody has to ask
            del self.fields["joins"]

    @property
    def needs_approval(self) -> bool:
        """Whether a facilitator answers each person who comes by the link of a valid form."""
        return self.cleaned_data.get("joins") == "by_approval"

    @property
    def lifetime(self) -> timedelta:
        """Return how long the link of a valid form works."""
        return timedelta(days=self.cleaned_data["days"])


class HandOverForm(forms.Form):
    """Who leads a group from now on, and what its facilitator does then."""

    successor = MemberChoice(label=_("Who leads from now on"), queryset=Membership.objects.none())
    then = forms.ChoiceField(
        label=_("And you"),
        choices=[
            (HandOver.CO_FACILITATE, _("stay as co-facilitator")),
            (HandOver.STAY, _("stay as a member")),
            (HandOver.LEAVE, _("leave the group")),
        ],
        initial=HandOver.CO_FACILITATE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, group: Group, by: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["successor"]
        assert isinstance(field, MemberChoice)  # noqa: S101 - declared above
        others = group.memberships.active().exclude(person=by)
        field.queryset = others.order_by("role", "alias")

    @property
    def has_others(self) -> bool:
        """Whether there is anybody to hand over to."""
        field = self.fields["successor"]
        assert isinstance(field, MemberChoice)  # noqa: S101 - declared above
        return bool(field.queryset and field.queryset.exists())


class AliasForm(forms.Form):
    """An alias alone."""

    alias = AliasField()


class AffiliateForm(forms.Form):
    """The user name of a person to add to an organisation."""

    username = forms.CharField(label=_("User name of the person"), max_length=USER_NAME_LENGTH)
