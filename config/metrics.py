"""Figures for Prometheus, read from the tables: they are true whichever process is asked."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from notifications.delivery import statistics
from notifications.models import Heartbeat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from prometheus_client import Metric


class NoticeCollector(Collector):
    """What the ledger of notices says now."""

    def collect(self) -> Iterator[Metric]:
        """Read every figure anew; nothing is counted in this process."""
        now = timezone.now()
        rows = statistics.transports(now)
        for name, text, values in (
            ("due", "Notices that wait and are due.", [row.due for row in rows]),
            ("lag_seconds", "Age of the oldest.", [row.lag.total_seconds() for row in rows]),
            ("next_hour", "Notices due within an hour.", [row.next_hour for row in rows]),
            ("unconfirmed", "Handed over, never confirmed.", [row.unconfirmed for row in rows]),
            ("transport_paused", "1 while paused.", [int(row.is_paused) for row in rows]),
        ):
            family = GaugeMetricFamily(f"commonhour_notices_{name}", text, labels=["transport"])
            for row, value in zip(rows, values, strict=True):
                family.add_metric([row.transport.value], value)
            yield family
        ended = GaugeMetricFamily(
            "commonhour_notices_last_day",
            "Notices that ended within 24 hours.",
            labels=["transport", "state", "reason"],
        )
        for row in rows:
            for it in row.outcomes:
                ended.add_metric([row.transport.value, it.state.value, it.reason], it.count)
        yield ended
        age = Heartbeat.age(now)
        tick = GaugeMetricFamily("commonhour_tick_age_seconds", "Since the planner last ticked.")
        tick.add_metric([], float("inf") if age is None else age.total_seconds())
        yield tick


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer a monitor that knows the token; for all others there is nothing here."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Http404
    registry = CollectorRegistry()
    registry.register(NoticeCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
