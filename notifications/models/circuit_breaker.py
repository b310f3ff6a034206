"""Whether a way is open, and how much may go through it: one row that all processes share."""

from __future__ import annotations

from django.db import models

from notifications.models.ledger import Way


class Gate(models.Model):
    """The state of one way. No row means that it never failed and has no limit yet.

    ``downs`` counts failures in a row. From a few on the gate is shut until ``shut_until``; then one
    message may try it. ``tokens`` are the messages that the rate allows now, counted at ``filled_at``.
    """

    way = models.CharField(max_length=8, choices=Way.choices, primary_key=True)
    downs = models.PositiveSmallIntegerField(default=0)
    shut_until = models.DateTimeField(null=True)
    tokens = models.FloatField(default=0)
    filled_at = models.DateTimeField(null=True)
