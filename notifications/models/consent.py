"""What people allowed us to send them: for each topic and way, under which wording, since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Self

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.fields import KeyField
from accounts.models import Person
from notifications.models.ledger import Notice, Transport

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Notice.Kind


class Topic(models.TextChoices):
    """What people can say yes or no to: kinds of news that belong together."""

    REMINDERS = "reminders", _("Reminders before a session")
    CHANGES = "changes", _("Changes of your hours")
    SEATS = "seats", _("A seat that is free for you")
    ANSWERS = "answers", _("Answers and a first welcome")
    MESSAGES = "messages", _("Messages from whoever leads")
    COVER = "cover", _("Sessions you are asked to lead")


TOPIC_OF: Final[Mapping[Notice.Kind, Topic]] = {
    Kind.REMINDER: Topic.REMINDERS,
    Kind.MOVED: Topic.CHANGES,
    Kind.CANCELLED: Topic.CHANGES,
    Kind.RESTORED: Topic.CHANGES,
    Kind.SUBSTITUTE: Topic.CHANGES,
    Kind.CLOCKS: Topic.CHANGES,
    Kind.OFFERED: Topic.SEATS,
    Kind.ANSWERED: Topic.ANSWERS,
    Kind.WELCOME: Topic.ANSWERS,
    Kind.MESSAGE: Topic.MESSAGES,
    Kind.ASKED: Topic.COVER,
    Kind.COVERED: Topic.COVER,
    Kind.UNCOVERED: Topic.COVER,
    Kind.RELEASED: Topic.COVER,
}


def topic_of_row(kind: str) -> Case:
    """Return the topic of a row whose kind stands in a column, for use in a query."""
    branches = [When(**{kind: each.value}, then=Value(TOPIC_OF[each].value)) for each in TOPIC_OF]
    return Case(*branches, output_field=models.CharField())


def kinds_of(topics: set[Topic]) -> list[Notice.Kind]:
    """Return the kinds of news that some topics comprise."""
    return [kind for kind, topic in TOPIC_OF.items() if topic in topics]


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents, in force or not."""

    def in_force(self) -> Self:
        """Leave out withdrawn ones."""
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    """A person's yes to one topic by one way. A withdrawn one stays, as proof of both acts.

    ``key`` is what an unsubscribe address holds: it can stop messages and do nothing else.
    The inbox needs no consent for news, which never leaves the house; reminders there do.
    """

    key = KeyField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    topic = models.CharField(max_length=9, choices=Topic.choices)
    transport = models.CharField(max_length=8, choices=Transport.choices)
    wording_version = models.CharField(max_length=12)
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[ConsentQuerySet] = ConsentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "topic", "transport"],
                condition=Q(withdrawn_at=None),
                name="consent_is_given_once",
            )
        ]
