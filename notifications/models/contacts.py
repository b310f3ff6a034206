"""People's addresses for the operator's HTTP gateways, such as a mobile number."""

from __future__ import annotations

from django.db import models

from accounts.models import Person
from notifications.models.ledger import Transport


class Contact(models.Model):
    """One person's address for one transport, verified by a code that was sent there.

    It is never an identity: nobody signs in with it or is found by it. ``broken_at`` is when the
    gateway reported it as unreachable.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="contacts")
    transport = models.CharField(max_length=8, choices=Transport.choices)
    address = models.CharField(max_length=80, db_index=True)
    verified_at = models.DateTimeField()
    broken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "transport"], name="contact_is_one_per_transport"
            )
        ]
