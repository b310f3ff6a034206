"""Whether a way is open, and how much may go through it: one row that all processes share."""

from __future__ import annotations

from django.db import models

from notifications.models.ledger import Transport


class CircuitBreaker(models.Model):
    """The state of one way. No row means that it never failed and has no limit yet.

    ``failures`` counts failures in a row. From a few on the gate is shut until ``open_until``; then one
    message may try it. ``tokens`` are the messages that the rate allows now, counted at ``refilled_at``.
    """

    transport = models.CharField(max_length=8, choices=Transport.choices, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    tokens = models.FloatField(default=0)
    refilled_at = models.DateTimeField(null=True)
