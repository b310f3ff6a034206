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


class Post(Collector):
    """What the ledger of notices says now."""

    def collect(self) -> Iterator[Metric]:
        """Read every figure anew; nothing is counted in this process."""
        now = timezone.now()
        ways = statistics.ways(now)
        for name, text, values in (
            ("due", "Notices that wait and are due.", [way.due for way in ways]),
            ("lag_seconds", "Age of the oldest.", [way.lag.total_seconds() for way in ways]),
            ("next_hour", "Notices due within an hour.", [way.next_hour for way in ways]),
            ("uncertain", "Handed over, and nobody knows.", [way.uncertain for way in ways]),
            ("way_shut", "1 while a way is down.", [int(way.is_shut) for way in ways]),
        ):
            family = GaugeMetricFamily(f"commonhour_notices_{name}", text, labels=["way"])
            for way, value in zip(ways, values, strict=True):
                family.add_metric([way.way.value], value)
            yield family
        ended = GaugeMetricFamily(
            "commonhour_notices_last_day",
            "Notices that ended within 24 hours.",
            labels=["way", "state", "reason"],
        )
        for way in ways:
            for it in way.outcomes:
                ended.add_metric([way.way.value, it.state.value, it.reason], it.count)
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
    registry.register(Post())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
