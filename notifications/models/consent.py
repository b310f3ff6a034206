"""Consents: which topic a person allowed on which transport, under which wording, since when."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.fields import KeyField
from accounts.models import Person
from notifications.models.ledger import Transport


class Topic(models.TextChoices):
    """Notification kinds that belong together: what people consent to."""

    REMINDERS = "reminders", _("Reminders")
    CHANGES = "changes", _("A session moves or is cancelled")
    SEATS = "seats", _("A place is free for me")
    ANSWERS = "answers", _("Answers and welcome")
    MESSAGES = "messages", _("A facilitator writes to me")
    COVER = "cover", _("I am asked to facilitate")


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents, in force or withdrawn."""

    def in_force(self) -> Self:
        """Leave out withdrawn consents."""
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    """A person's consent to one topic on one transport. Withdrawn ones are kept as evidence.

    ``key`` is in unsubscribe URLs: it can withdraw this consent and do nothing else. The inbox
    requires consent for reminders only, because its notices do not leave the site.
    """

    key = KeyField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    topic = models.CharField(max_length=9, choices=Topic.choices)
    transport = models.CharField(max_length=8, choices=Transport.choices)
    wording_version = models.CharField(max_length=12)
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "topic", "transport"],
                condition=Q(withdrawn_at=None),
                name="consent_is_given_once",
            )
        ]
