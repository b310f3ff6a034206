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

    from sessions.models import SignIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look found.

    ``tops`` is the newest event of each room; ``due`` what the house itself must do;
    the rest are people who no longer belong, and sign-ins that are over: signed out, run out,
    or made with a passphrase that was changed since.
    """

    tops: dict[int, int]
    due: tuple[tuple[int, c.Command], ...]
    strangers: frozenset[str]
    signed_out: frozenset[SignIn]


def look(*, rooms: Collection[int], sign_ins: Collection[SignIn], now: datetime) -> Seen:
    """Compare what a process believes with what the tables say: five queries, whatever the load."""
    belonging = _belonging({sign_in.who for sign_in in sign_ins})
    running = _running({sign_in.session_key for sign_in in sign_ins}, now)
    return Seen(
        tops=dict(Room.objects.filter(pk__in=rooms).values_list("pk", "seq")),
        due=due(now),
        strangers=frozenset(sign_in.who for sign_in in sign_ins) - belonging.keys(),
        signed_out=frozenset(
            sign_in
            for sign_in in sign_ins
            if sign_in.session_key not in running
            or belonging.get(sign_in.who, sign_in.auth_hash) != sign_in.auth_hash
        ),
    )


def due(now: datetime) -> tuple[tuple[int, c.Command], ...]:
    """Return what the house itself must do now, in any room of the installation."""
    rooms = Room.objects.asked_by_the_clock(now).values_list("pk", flat=True)
    lost = collect_lost(now=now)
    return (
        *((room, c.Tick()) for room in rooms),
        *((room, c.Leave(by=who)) for room, who in lost),
    )


def _belonging(people: Collection[str]) -> dict[str, str]:
    """Return those who may still be here, with what a sign-in of today knows of the passphrase."""
    known = Membership.objects.filter(pk__in=map(int, people), person__deactivated_at=None)
    welcome = known.filter(Q(state=Membership.State.ACTIVE) | Q(covers__isnull=False))
    rows = welcome.select_related("person").only("person", "person__password")
    return {str(row.pk): row.person.get_session_auth_hash() for row in rows}


def _running(keys: Collection[str], now: datetime) -> set[str]:
    """Return the browser sessions that are signed in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    rows = store.objects.filter(session_key__in=keys, expire_date__gt=now)
    return set(rows.values_list("session_key", flat=True))
