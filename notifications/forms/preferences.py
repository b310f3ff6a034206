"""Which topics on which transports, reminder times, quiet hours, and what messages reveal."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.models import Consent, Preferences, ReminderChoice, Topic, Transport
from notifications.models.preferences import DEFAULT_LEADS
from notifications.queries.deliverable_addresses import transports_to
from scheduler.rules.names import MAX_ALIAS_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise

    from accounts.models import Person
    from notifications.models import GroupReminders
    from scheduler.models import Membership

MAX_REMINDERS: Final = 3
CHECKBOXES: Final = {"class": "ticks"}

TOPIC_HELP: Final[Mapping[Topic, _StrPromise]] = {
    Topic.REMINDERS: gettext_lazy("At the moments that you choose below."),
    Topic.CHANGES: gettext_lazy(
        "A session moves, is cancelled or led by somebody else; clocks change."
    ),
    Topic.SEATS: gettext_lazy("You were waiting, and a place is kept for you for a while."),
    Topic.ANSWERS: gettext_lazy("You asked to join; and when your first session is."),
    Topic.MESSAGES: gettext_lazy("That there is one. What it says stands only here."),
    Topic.COVER: gettext_lazy("For those who lead: somebody cannot come, and asks you."),
}


def leads_field(label: str | _StrPromise) -> forms.TypedMultipleChoiceField:
    """Return a field for reminder times, in minutes before the start."""
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=ReminderChoice.Lead.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=CHECKBOXES),
        error_messages={"invalid_choice": gettext_lazy("Please choose from the list.")},
    )


def refuse_too_many(leads: Sequence[int]) -> None:
    """Validate the number of reminders.

    Raises:
        ValidationError: there are more than three.
    """
    if len(leads) > MAX_REMINDERS:
        raise forms.ValidationError(_("At most three: more reminders do not help more."))


class NotificationPreferencesForm(forms.Form):
    """All preferences about notifications, on one page with one button."""

    leads = leads_field(gettext_lazy("When to remind me"))
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    allows_urgent = forms.BooleanField(
        label=gettext_lazy("If something changes so late that it cannot wait, tell me even then"),
        required=False,
    )
    detail = forms.ChoiceField(
        label=gettext_lazy("How much a message may say"),
        choices=Preferences.Detail.choices,
        widget=forms.RadioSelect,
    )
    wants_calendar_file = forms.BooleanField(
        label=gettext_lazy("Attach a calendar file, called “Session”, to mails"), required=False
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: Person) -> None:
        """Start from what this person chose, or from the defaults."""
        self.person = person
        self.transports = transports_to(person)
        consented = set(
            Consent.objects.in_force().filter(person=person).values_list("topic", "transport")
        )
        self.has_consented = bool(consented)
        super().__init__(data, initial=_initial(person))
        for topic in Topic:
            self.fields[f"transports_{topic}"] = self._transports_field(topic, consented)

    def _transports_field(
        self, topic: Topic, consented: set[tuple[str, str]]
    ) -> forms.MultipleChoiceField:
        choices = self.transports if topic == Topic.REMINDERS else self.outward_transports
        return forms.MultipleChoiceField(
            label=topic.label,
            help_text=TOPIC_HELP[topic],
            choices=[(transport.value, transport.label) for transport in choices],
            initial=[
                transport for transport in choices if (topic.value, transport.value) in consented
            ],
            required=False,
            widget=forms.CheckboxSelectMultiple(attrs=CHECKBOXES),
        )

    @property
    def outward_transports(self) -> list[Transport]:
        """Return the transports other than the inbox, where notices are in any case."""
        return [transport for transport in self.transports if transport != Transport.INBOX]

    @property
    def topic_fields(self) -> list[forms.BoundField]:
        """Return the field of each topic that has a transport to choose."""
        return [self[f"transports_{topic}"] for topic in Topic if self._may_choose(topic)]

    def _may_choose(self, topic: Topic) -> bool:
        return topic == Topic.REMINDERS or bool(self.outward_transports)

    @property
    def topics(self) -> dict[Topic, list[Transport]]:
        """Return the chosen transports by topic, once the form is valid."""
        if "everything" in self.data:
            return dict.fromkeys(Topic, self.outward_transports or self.transports)
        return {
            topic: [Transport(value) for value in self.cleaned_data[f"transports_{topic}"]]
            for topic in Topic
        }

    @property
    def quiet(self) -> tuple[int, int] | None:
        """Return the quiet hours in minutes after midnight, if any, once the form is valid."""
        begin, end = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        return (_minutes(begin), _minutes(end)) if begin is not None else None

    def clean_leads(self) -> list[int]:
        """Validate the number of reminders."""
        leads: list[int] = self.cleaned_data["leads"]
        refuse_too_many(leads)
        return leads

    def clean(self) -> dict[str, Any]:
        """Validate that reminders have a time, and quiet hours two different ends."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("transports_reminders") and "leads" in cleaned and not cleaned["leads"]:
            self.add_error("leads", _("Choose at least one moment."))
        begin, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if (begin is None) != (end is None):
            self.add_error("quiet_until", _("Give both times, or none."))
        elif begin is not None and begin == end:
            self.add_error(
                "quiet_until", _("These are the same. For no messages at all, untick them.")
            )
        return cleaned


class GroupRemindersForm(forms.Form):
    """The reminders of one group, and the person's own name for it."""

    follows = forms.TypedChoiceField(
        label=gettext_lazy("Reminders of this group"),
        choices=[
            ("yes", gettext_lazy("As for all my groups")),
            ("no", gettext_lazy("At moments of its own")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    leads = leads_field(gettext_lazy("Its own moments; none at all is no reminder of it"))
    own_name = forms.CharField(
        label=gettext_lazy("My own word for it"),
        required=False,
        max_length=MAX_ALIAS_LENGTH,
        help_text=gettext_lazy(
            "Such as “Choir”. Messages say it only if you allow that; nobody else ever sees it."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, membership: Membership) -> None:
        """Start from what holds for this group now."""
        own: GroupReminders | None = getattr(membership, "group_reminders", None)
        choices = ReminderChoice.objects.filter(person=membership.person, group_reminders=own)
        initial = {
            "follows": "yes" if own is None else "no",
            "leads": list(choices.values_list("lead_minutes", flat=True)),
            "own_name": membership.own_name,
        }
        super().__init__(data, initial=initial)

    def clean_leads(self) -> list[int]:
        """Validate the number of reminders."""
        leads: list[int] = self.cleaned_data["leads"]
        refuse_too_many(leads)
        return leads


def _initial(person: Person) -> dict[str, Any]:
    chosen = ReminderChoice.objects.general().filter(person=person)
    preferences = Preferences.objects.filter(person=person).first() or Preferences(person=person)
    return {
        "leads": list(chosen.values_list("lead_minutes", flat=True)) or DEFAULT_LEADS,
        "quiet_from": _time(preferences.quiet_from),
        "quiet_until": _time(preferences.quiet_until),
        "allows_urgent": preferences.allows_urgent,
        "detail": preferences.detail,
        "wants_calendar_file": preferences.wants_calendar_file,
    }


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _time(minutes: int | None) -> time | None:
    return None if minutes is None else time(minutes // 60, minutes % 60)
