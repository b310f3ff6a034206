"""Where and about what a person is notified, reminder times, quiet hours, and what messages say."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.models import Consent, Preferences, ReminderChoice, Topic, Transport
from notifications.models.preferences import DEFAULT_LEADS
from notifications.queries.deliverable_addresses import transports_to
from scheduler.rules.names import MAX_ALIAS_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from django.utils.functional import _StrPromise

    from accounts.models import Person
    from notifications.models import GroupReminders
    from scheduler.models import Membership

MAX_REMINDERS: Final = 3
CHECKBOXES: Final = {"class": "ticks"}
OWN: Final = "own"
NEVER: Final = "never"

TOPIC_HELP: Final[Mapping[Topic, _StrPromise]] = {
    Topic.REMINDERS: gettext_lazy("Before the sessions of your groups that you did not decline."),
    Topic.CHANGES: gettext_lazy("Also when somebody else facilitates, or the clocks change."),
    Topic.SEATS: gettext_lazy("You were on the waiting list, and a place is kept for you."),
    Topic.ANSWERS: gettext_lazy("You asked to join a group, or you are new in it."),
    Topic.MESSAGES: gettext_lazy("The message itself is only in your Inbox."),
    Topic.COVER: gettext_lazy("For facilitators: somebody cannot come and asks you."),
}
LEAD_CHOICES: Final[Mapping[tuple[int, ...], _StrPromise]] = {
    (1440, 60): gettext_lazy("1 day and 1 hour before"),
    (60,): gettext_lazy("1 hour before"),
    (15,): gettext_lazy("15 minutes before"),
    (1440,): gettext_lazy("1 day before"),
}
QUIET_CHOICES: Final = ((22 * 60, 7 * 60), (23 * 60, 6 * 60), (21 * 60, 8 * 60))


class Switch(forms.CheckboxInput):
    """A tick that is drawn as a switch and announced as one."""

    def __init__(self) -> None:
        super().__init__(attrs={"role": "switch"})


class SwitchRow(NamedTuple):
    """A switch with what it switches: a topic or a transport."""

    field: forms.BoundField
    value: str
    hint: str


class Given:
    """A person's consents in force, and the transports that reach them."""

    def __init__(self, person: Person) -> None:
        rows = Consent.objects.in_force().filter(person=person)
        self.consents = set(rows.values_list("topic", "transport"))
        self.transports = transports_to(person)

    @property
    def outward(self) -> list[Transport]:
        """Return the transports other than the inbox, where notices are in any case."""
        return [transport for transport in self.transports if transport != Transport.INBOX]

    @property
    def offered(self) -> list[Transport]:
        """Return the transports that the switches are about: the inbox if there is no other."""
        return self.outward or self.transports

    def has_transport(self, transport: Transport) -> bool:
        """Whether anything is sent there."""
        return any(on == transport for _topic, on in self.consents)

    def has_topic(self, topic: Topic) -> bool:
        """Whether this topic is sent anywhere."""
        return any((topic.value, on.value) in self.consents for on in self.offered)


class NotificationsForm(forms.Form):
    """The page of switches: where, about what, when not."""

    remind = forms.ChoiceField(label=gettext_lazy("Remind me"))
    quiet = forms.ChoiceField(label=gettext_lazy("Quiet hours"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: Person) -> None:
        """Start from what this person chose, or from the defaults."""
        self.given = Given(person)
        self.leads = _leads_of(person)
        self.hours = _quiet_of(person)
        super().__init__(data)
        for transport in self.given.outward:
            self._add_switch(transport, transport.label, self.given.has_transport(transport))
        for topic in self._topics:
            self._add_switch(topic, topic.label, self.given.has_topic(topic))
        self._set_choices()

    @property
    def _topics(self) -> list[Topic]:
        others: list[Topic] = [topic for topic in Topic if topic != Topic.REMINDERS]
        return others if self.given.outward else []

    def _add_switch(self, value: str, label: _StrPromise, is_on: bool) -> None:
        self.fields[value] = forms.BooleanField(
            label=label, required=False, initial=is_on, widget=Switch
        )

    def _set_choices(self) -> None:
        remind, quiet = self.fields["remind"], self.fields["quiet"]
        assert isinstance(remind, forms.ChoiceField)  # noqa: S101 - declared above
        assert isinstance(quiet, forms.ChoiceField)  # noqa: S101 - declared above
        remind.choices = [
            *((_key(leads), label) for leads, label in LEAD_CHOICES.items()),
            *([] if self.leads in LEAD_CHOICES else [(OWN, _("At times of my own"))]),
            (NEVER, _("Never")),
        ]
        is_on = self.given.has_topic(Topic.REMINDERS)
        remind.initial = (
            (_key(self.leads) if self.leads in LEAD_CHOICES else OWN) if is_on else NEVER
        )
        spans = dict.fromkeys([*QUIET_CHOICES, *([self.hours] if self.hours else [])])
        quiet.choices = [(NEVER, _("None")), *((_key(span), _span(span)) for span in spans)]
        quiet.initial = _key(self.hours) if self.hours else NEVER

    def transport_switches(self) -> Iterator[SwitchRow]:
        """Yield the switch of each transport that reaches the person."""
        for transport in self.given.outward:
            yield SwitchRow(self[transport], transport.value, "")

    def topic_switches(self) -> Iterator[SwitchRow]:
        """Yield the switch of each topic but reminders, which have their times instead."""
        for topic in self._topics:
            yield SwitchRow(self[topic], topic.value, str(TOPIC_HELP[topic]))

    @property
    def transports_on(self) -> list[Transport]:
        """Return the chosen transports of a valid form."""
        on = [one for one in self.given.outward if self.cleaned_data[one]]
        return on if self.given.outward else self.given.offered

    @property
    def topics_on(self) -> list[Topic]:
        """Return the chosen topics of a valid form."""
        reminders = [] if self.cleaned_data["remind"] == NEVER else [Topic.REMINDERS]
        return reminders + [topic for topic in self._topics if self.cleaned_data[topic]]

    @property
    def leads_chosen(self) -> tuple[int, ...] | None:
        """Return the reminder times of a valid form, None if they stay as they are."""
        chosen = self.cleaned_data["remind"]
        return None if chosen in {OWN, NEVER} else _numbers(chosen)

    @property
    def quiet_chosen(self) -> tuple[int, int] | None:
        """Return the quiet hours of a valid form in minutes after midnight, if any."""
        chosen = self.cleaned_data["quiet"]
        if chosen == NEVER:
            return None
        begin, end = _numbers(chosen)
        return begin, end


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


class TopicForm(forms.Form):
    """Where one topic is sent; for reminders also when."""

    leads = leads_field(gettext_lazy("When"))

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, person: Person, topic: Topic
    ) -> None:
        """Start from what holds for this topic now."""
        self.given, self.topic = Given(person), topic
        super().__init__(data, initial={"leads": list(_leads_of(person))})
        is_reminder = topic == Topic.REMINDERS
        self.offered = self.given.transports if is_reminder else self.given.outward
        self.fields["transports"] = forms.MultipleChoiceField(
            label=_("Where"),
            choices=[(transport.value, transport.label) for transport in self.offered],
            initial=[on for on in self.offered if (topic.value, on.value) in self.given.consents],
            required=False,
            widget=forms.CheckboxSelectMultiple(attrs=CHECKBOXES),
        )
        if not is_reminder:
            del self.fields["leads"]

    @property
    def transports(self) -> list[Transport]:
        """Return the chosen transports of a valid form."""
        return [Transport(value) for value in self.cleaned_data["transports"]]

    def clean_leads(self) -> list[int]:
        """Validate the number of reminders."""
        leads: list[int] = self.cleaned_data["leads"]
        refuse_too_many(leads)
        return leads

    def clean(self) -> dict[str, Any]:
        """Validate that reminders have a time."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("transports") and "leads" in cleaned and not cleaned["leads"]:
            self.add_error("leads", _("Choose at least one time."))
        return cleaned


class QuietHoursForm(forms.Form):
    """Hours in which nothing is sent."""

    quiet_from = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    allows_urgent = forms.BooleanField(
        label=gettext_lazy("If a session changes so late that it cannot wait, tell me even then"),
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: Person) -> None:
        """Start from what holds now."""
        kept = _preferences_of(person)
        initial = {
            "quiet_from": _time(kept.quiet_from),
            "quiet_until": _time(kept.quiet_until),
            "allows_urgent": kept.allows_urgent,
        }
        super().__init__(data, initial=initial)

    @property
    def quiet(self) -> tuple[int, int] | None:
        """Return the quiet hours of a valid form in minutes after midnight, if any."""
        begin, end = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        return (_minutes(begin), _minutes(end)) if begin is not None else None

    def clean(self) -> dict[str, Any]:
        """Validate that there are two different ends, or none."""
        cleaned = super().clean() or self.cleaned_data
        begin, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if (begin is None) != (end is None):
            self.add_error("quiet_until", _("Give both times, or none."))
        elif begin is not None and begin == end:
            self.add_error(
                "quiet_until", _("These are the same. For no messages at all, switch them off.")
            )
        return cleaned


class WordingForm(forms.Form):
    """How much a message says."""

    detail = forms.ChoiceField(
        label=gettext_lazy("A message may name"),
        choices=Preferences.Detail.choices,
        widget=forms.RadioSelect,
    )
    wants_calendar_file = forms.BooleanField(
        label=gettext_lazy("Attach a calendar file, called “Session”, to e-mails"), required=False
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: Person) -> None:
        """Start from what holds now."""
        kept = _preferences_of(person)
        initial = {"detail": kept.detail, "wants_calendar_file": kept.wants_calendar_file}
        super().__init__(data, initial=initial)


class GroupRemindersForm(forms.Form):
    """The reminders of one group, and the person's own name for it."""

    follows = forms.TypedChoiceField(
        label=gettext_lazy("Reminders of this group"),
        choices=[
            ("yes", gettext_lazy("As for all my groups")),
            ("no", gettext_lazy("At times of its own")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    leads = leads_field(gettext_lazy("Its own times; none at all means no reminders"))
    own_name = forms.CharField(
        label=gettext_lazy("My own name for this group"),
        required=False,
        max_length=MAX_ALIAS_LENGTH,
        help_text=gettext_lazy(
            "Such as “Choir”. Messages use it only if you allow that; nobody else ever sees it."
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


def _preferences_of(person: Person) -> Preferences:
    return Preferences.objects.filter(person=person).first() or Preferences(person=person)


def _leads_of(person: Person) -> tuple[int, ...]:
    """Return the general reminder times, the longest before the start first; else the defaults."""
    chosen = ReminderChoice.objects.general().filter(person=person).order_by("-lead_minutes")
    return tuple(chosen.values_list("lead_minutes", flat=True)) or DEFAULT_LEADS


def _quiet_of(person: Person) -> tuple[int, int] | None:
    kept = _preferences_of(person)
    if kept.quiet_from is None or kept.quiet_until is None:
        return None
    return kept.quiet_from, kept.quiet_until


def _key(numbers: tuple[int, ...]) -> str:
    """Return numbers as the value of an option."""
    return "-".join(map(str, numbers))


def _numbers(key: str) -> tuple[int, ...]:
    return tuple(map(int, key.split("-")))


def _span(span: tuple[int, int]) -> str:
    begin, end = span
    return f"{_time(begin):%H:%M}–{_time(end):%H:%M}"


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _time(minutes: int | None) -> time | None:
    return None if minutes is None else time(minutes // 60, minutes % 60)
