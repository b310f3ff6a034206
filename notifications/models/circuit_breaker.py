"""The circuit breaker and the rate limit of each transport, shared by all processes."""

from __future__ import annotations

from django.db import models

from notifications.models.ledger import Transport


class CircuitBreaker(models.Model):
    """The state of one transport. A missing row means no failures, and a rate limit not used yet.

    ``failures`` counts consecutive failures. From a threshold on the breaker is open: nothing is
    sent until ``open_until``, then one message as a probe. ``tokens`` is the number of messages
    that the rate limit allowed at ``refilled_at``.
    """

    transport = models.CharField(max_length=8, choices=Transport.choices, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    tokens = models.FloatField(default=0)
    refilled_at = models.DateTimeField(null=True)
