"""One look, each second, at everything that may have changed behind a process's back."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from scheduler.models import Membership
from sessions.actions.leases import collect_lost
from sessions.models import Room
from sessions.room import commands as c

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look found.

    ``tops`` is the newest event of each room; ``due`` what the house itself must do;
    the rest are people who no longer belong and sign-ins that are over.
    """

    tops: dict[int, int]
    due: tuple[tuple[int, c.Command], ...]
    strangers: frozenset[str]
    signed_out: frozenset[str]


def look(
    *, rooms: Collection[int], people: Collection[str], sign_ins: Collection[str], now: datetime
) -> Seen:
    """Compare what a process believes with what the tables say: five queries, whatever the load."""
    return Seen(
        tops=dict(Room.objects.filter(pk__in=rooms).values_list("pk", "seq")),
        due=due(now),
        strangers=frozenset(people) - _belonging(people),
        signed_out=frozenset(sign_ins) - _signed_in(sign_ins, now),
    )


def due(now: datetime) -> tuple[tuple[int, c.Command], ...]:
    """Return what the house itself must do now, in any room of the installation."""
    rooms = Room.objects.asked_by_the_clock(now).values_list("pk", flat=True)
    lost = collect_lost(now=now)
    return (
        *((room, c.Tick()) for room in rooms),
        *((room, c.Leave(by=who)) for room, who in lost),
    )


def _belonging(people: Collection[str]) -> set[str]:
    known = Membership.objects.filter(pk__in=map(int, people), person__deactivated_at=None)
    welcome = known.filter(Q(state=Membership.State.ACTIVE) | Q(covers__isnull=False))
    return {str(pk) for pk in welcome.values_list("pk", flat=True)}


def _signed_in(keys: Collection[str], now: datetime) -> set[str]:
    store = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    rows = store.objects.filter(session_key__in=keys, expire_date__gt=now)
    return set(rows.values_list("session_key", flat=True))
