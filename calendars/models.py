"""Calendar addresses: secret ones, of which only hashes are known here, and public ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import new_uid_key
from accounts.models.person import Person
from scheduler.models.groups import Group
from scheduler.models.organisations import Organisation

MAX_LABEL_LENGTH = 40
FAREWELL = timedelta(days=30)


class FeedQuerySet(models.QuerySet["Feed"]):
    """Calendar addresses."""

    def in_use(self) -> Self:
        """Leave out revoked ones."""
        return self.filter(revoked_at=None)

    def with_hidden(self) -> Self:
        """Add ``is_hidden``: it is public, and its group is not to be found any more."""
        return self.annotate(
            is_hidden=Case(
                When(
                    Q(person=None)
                    & (Q(group__is_listed=False) | Q(group__closed_at__isnull=False)),
                    then=True,
                ),
                default=False,
                output_field=models.BooleanField(),
            ),
        )


class Feed(models.Model):
    """One calendar address.

    A person's own has a secret in it, and ``token_hash`` is that secret's SHA-256 in hex; its scope
    is one group of hers, or all when ``group`` is None. A public one belongs to nobody and shows a
    listed group, or those groups of an organisation that speak its language.

    ``stamp`` says which facts were rendered last, ``etag`` what came of them, and ``changed_at``
    since when: it rises by whole seconds whenever the bytes change.
    """

    class Profile(models.TextChoices):
        """How sessions are written."""

        FLAT = "flat", _("One event for each session: right in every calendar")
        SERIES = "series", _("Repeating events: shorter, but some calendars show wrong hours")

    class Level(models.IntegerChoices):
        """What a session is called."""

        NEUTRAL = 1, _("“Session”, and nothing else")
        OWN = 2, _("My own name for each group")
        NAME = 3, _("The group's name: whoever sees my calendar can read it")

    class Client(models.TextChoices):
        """Who fetched last, as coarsely as is still of use."""

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
    stamp = models.CharField(max_length=64, blank=True, editable=False)
    etag = models.CharField(max_length=66, blank=True, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)
    is_hidden: bool  # from ``with_hidden``

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

    def is_gone(self, now: datetime) -> bool:
        """Whether even its farewell is over."""
        return self.revoked_at is not None and self.revoked_at + FAREWELL <= now
