"""``manage.py retime``: keep every session at its wall-clock time under a new tz database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from civiltime import zones
from scheduler.actions.schedule import retime
from scheduler.models import Membership


class Command(BaseCommand):
    """Derives the instants of upcoming sessions again; idempotent."""

    help = __doc__ or ""

    def handle(self, **_options: Any) -> None:
        """Retime, and print how many sessions and people are affected, by zone."""
        result = retime(now=timezone.now())
        people = Membership.objects.active().filter(group__in=result.groups)
        self.stdout.write(f"tz database {zones.TZ_VERSION}")
        self.stdout.write(f"{result.derived:6} sessions derived again")
        self.stdout.write(f"{result.moved.total():6} moved, in {len(result.groups)} groups")
        self.stdout.write(f"{people.values('person').distinct().count():6} people are told")
        for name, count in sorted(result.moved.items()):
            self.stdout.write(f"       {count} {name}")
