"""The devices on which people want to see notices, and what a push service needs to reach each."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.fields import KeyField
from accounts.models import Person

MAX_LABEL_LENGTH = 40


class Device(models.Model):
    """One browser's push subscription (RFC 8030). Its address is a secret between it and us.

    ``agreement_key`` and ``auth_secret`` are what RFC 8291 encrypts for, in unpadded base64url: the
    push service that carries a message cannot read it.
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
