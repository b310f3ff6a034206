"""The browsers that people subscribed to push messages (RFC 8030)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.fields import KeyField
from accounts.models import Person

MAX_LABEL_LENGTH = 40


class Device(models.Model):
    """One browser's push subscription. Its endpoint is a secret shared with that browser.

    ``agreement_key`` and ``auth_secret`` are the browser's keys for RFC 8291, in unpadded
    base64url: messages are encrypted for them, so the push service cannot read any.
    """

    key = KeyField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="devices")
    label = models.CharField(max_length=MAX_LABEL_LENGTH)
    endpoint = models.URLField(max_length=500, unique=True)
    agreement_key = models.CharField(max_length=100)
    auth_secret = models.CharField(max_length=30)
    created_at = models.DateTimeField(default=timezone.now)
    reached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "label"], name="device_has_one_label")
        ]
