"""``manage.py retime``: keep every agreed hour on its wall clock under a new tz database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from civiltime import zones
from scheduler.actions.schedule import retime
from scheduler.models import Membership


class Command(BaseCommand):
    """Derives the sessions to come again; running it twice does what running it once does."""

    help = __doc__ or ""

    def handle(self, **_options: Any) -> None:
        """Retime, and say how many sessions and people that concerns, zone by zone."""
        found = retime(now=timezone.now())
        people = Membership.objects.active().filter(group__in=found.groups)
        self.stdout.write(f"tz database {zones.TZ_VERSION}")
        self.stdout.write(f"{found.derived:6} sessions derived again")
        self.stdout.write(f"{found.moved.total():6} moved, in {len(found.groups)} groups")
        self.stdout.write(f"{people.values('person').distinct().count():6} people are told")
        for name, count in sorted(found.moved.items()):
            self.stdout.write(f"       {count} {name}")
