"""Feeds: the calendar addresses of people, stored as hashes, and the public ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import new_uid_key
from accounts.models.person import Person
from scheduler.models.groups import Group
from scheduler.models.organisations import Organisation

MAX_LABEL_LENGTH = 40

ENDED_FEED_SHOWN_FOR = timedelta(days=30)
"""How long an ended feed says that it has ended, before it answers 410."""


class FeedQuerySet(models.QuerySet["Feed"]):
    """Queries of feeds."""

    def in_use(self) -> Self:
        """Return those that are not revoked."""
        return self.filter(revoked_at=None)


class Feed(models.Model):
    """One calendar address.

    A person's own feed has a secret token in its address; its scope is one of their groups, or
    all of them when ``group`` is None. A public feed has no person; its scope is a listed group,
    or the listed groups of an organisation in one language.

    Attributes:
        language: ISO 639-1 code of the feed's texts.
        token_hash: SHA-256 of the token in hex.
        uid_key: hex; the feed's own UID is derived from it, and survives a new secret.
        last_fetched_on: date in UTC.
        content_fingerprint: SHA-256 in hex of what the last rendering was made from.
        etag: quoted SHA-256 of the bytes of the last rendering.
        changed_at: since when the bytes are as they are, in whole seconds; rises whenever they
            change.
    """

    class Profile(models.TextChoices):
        """How sessions are written."""

        FLAT = "flat", _("One event for each session: right in every calendar program")
        SERIES = "series", _("Repeating events: shorter, but some programs show wrong times")

    class Level(models.IntegerChoices):
        """What a session is called, by how much it discloses."""

        NEUTRAL = 1, _("“Session”, nothing else")
        OWN = 2, _("My own name for each group")
        NAME = 3, _("The name of the group: whoever sees my calendar can read it")

    class Client(models.TextChoices):
        """The family of the program that fetched last."""

        APPLE = "apple", "Apple"
        GOOGLE = "google", "Google"
        OUTLOOK = "outlook", "Outlook"
        THUNDERBIRD = "thunderbird", "Thunderbird"
        GNOME = "gnome", "GNOME"
        NEXTCLOUD = "nextcloud", "Nextcloud"
        ANDROID = "android", "Android"
        OTHER = "other", _("another calendar")

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="feeds")
    group = models.ForeignKey(Group, models.CASCADE, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    label = models.CharField(max_length=MAX_LABEL_LENGTH, blank=True)
    language = models.CharField(max_length=12, default="en")
    profile = models.CharField(max_length=6, choices=Profile.choices, default=Profile.FLAT)
    level = models.PositiveSmallIntegerField(choices=Level.choices, default=Level.NEUTRAL)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    uid_key = models.CharField(max_length=64, default=new_uid_key, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_fetched_on = models.DateField(null=True, editable=False)
    client = models.CharField(max_length=12, blank=True, choices=Client.choices, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    content_fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    etag = models.CharField(max_length=66, blank=True, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)

    objects = FeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, organisation=None)
                | Q(person=None, group=None, organisation__isnull=False)
                | Q(person=None, group__isnull=False, organisation=None),
                name="feed_is_a_person_s_or_public",
            )
        ]

    @property
    def is_public(self) -> bool:
        """Whether anyone may read it."""
        return self.person_id is None

    @property
    def is_hidden(self) -> bool:
        """Whether it is public and its group is closed or no longer listed."""
        if self.person_id is not None or self.group is None:
            return False
        return self.group.closed_at is not None or not self.group.is_listed

    def is_gone(self, now: datetime) -> bool:
        """Whether it was revoked so long ago that it does not even say that it has ended."""
        return self.revoked_at is not None and self.revoked_at + ENDED_FEED_SHOWN_FOR <= now
