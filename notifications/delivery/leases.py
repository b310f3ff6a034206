"""Leases on notices: claimed in batches, returned, and reclaimed from dispatchers that died."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.db.models import Q

from notifications.kinds.registry import SENT_ALONE
from notifications.models import Notice, Transport

if TYPE_CHECKING:
    from collections.abc import Iterator

LEASE: Final = timedelta(seconds=30)
BATCH_SIZE: Final = 50
LOCK_CLASS: Final = 7201  # of the dispatchers' advisory locks, among all in the database


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch that one dispatcher holds. Every later write names its token.

    A dispatcher that was frozen past the end of its lease therefore writes nothing when it wakes.
    """

    token: int
    owner: int
    until: datetime

    @property
    def notices(self) -> Q:
        """Return a condition: the notices that this claim holds and has not handed over."""
        return Q(lease_token=self.token, state=Notice.State.CLAIMED)


@contextmanager
def alive() -> Iterator[int]:
    """Yield a dispatcher's number, which others know to be alive until the block ends.

    On PostgreSQL it holds an advisory lock of its session: when a process is killed, the kernel
    closes its socket and the lock is released within a second. This needs a direct connection or
    session pooling. SQLite has no such lock, so there a lease ends by time alone.
    """
    owner = secrets.randbits(31)
    if connection.vendor != "postgresql":
        yield owner
        return
    _execute("SELECT pg_advisory_lock(%s, %s)", LOCK_CLASS, owner)
    try:
        yield owner
    finally:
        if connection.connection is not None and not connection.connection.closed:
            _execute("SELECT pg_advisory_unlock(%s, %s)", LOCK_CLASS, owner)


@transaction.atomic
def claim(
    transport: Transport, owner: int, now: datetime, *, limit: int = BATCH_SIZE
) -> Claim | None:
    """Claim at most ``limit`` messages that are due, urgent ones first; None if nothing is due.

    Rows that another dispatcher has locked are skipped, not waited for. A digest counts as one
    message: with its first row all others of the person are claimed.
    """
    due = Notice.objects.due(transport, now).select_for_update(skip_locked=True)
    rows: list[tuple[int, int, str]] = []
    for is_urgent in (True, False):
        some = due.filter(is_urgent=is_urgent).values_list("pk", "person_id", "kind")
        rows += some[: limit - len(rows)]
    people = {person for _, person, kind in rows if kind not in SENT_ALONE}
    batch = [pk for pk, _, kind in rows if kind in SENT_ALONE]
    batch += _lock_digests(transport, people, now)
    if not batch:
        return None
    claimed = Claim(token=secrets.randbits(62), owner=owner, until=now + LEASE)
    Notice.objects.filter(pk__in=batch).update(
        state=Notice.State.CLAIMED,
        lease_owner=owner,
        lease_token=claimed.token,
        lease_until=claimed.until,
    )
    return claimed


def _lock_digests(transport: Transport, people: set[int], now: datetime) -> list[int]:
    """Lock all due notices of some people that belong into digests; return their ids.

    If another dispatcher has locked some of a person's notices, none of theirs are returned: a
    digest is not split, and the next claim gets all of it.
    """
    if not people:
        return []
    due = Notice.objects.due(transport, now).exclude(kind__in=SENT_ALONE).filter(person__in=people)
    locked = dict(due.select_for_update(skip_locked=True).values_list("pk", "person_id"))
    incomplete = set(due.exclude(pk__in=locked).values_list("person_id", flat=True))
    return [pk for pk, person in locked.items() if person not in incomplete]


def give_back(held: Claim, next_try_at: datetime | None = None) -> int:
    """Return what a claim still holds to the queue, not before an instant if one is given."""
    later = {} if next_try_at is None else {"next_try_at": next_try_at}
    return Notice.objects.filter(held.notices).requeue(**later)


def reclaim(now: datetime) -> tuple[int, int]:
    """Take back the notices of dead dispatchers; return how many were requeued and unconfirmed.

    A notice that was only claimed has not been sent. One that was being handed over may have been:
    it becomes unconfirmed, and is not sent again by itself. While its owner is known to be alive
    it is left alone, even past the end of the lease: a frozen process may wake and finish.
    """
    owners = set(Notice.objects.leased().values_list("lease_owner", flat=True).distinct())
    if not owners:
        return 0, 0
    living = _living_owners()  # after the rows: each of these owners held its lock before
    has_ended = Q(lease_until__lt=now)
    is_dead = Q(lease_owner__in=owners - living) if living is not None else has_ended
    claimed = Notice.objects.filter(state=Notice.State.CLAIMED).filter(is_dead | has_ended)
    handed = Notice.objects.filter(is_dead, state=Notice.State.HANDED)
    return claimed.requeue(), handed.update(state=Notice.State.UNCONFIRMED, unconfirmed_at=now)


def _living_owners() -> set[int] | None:
    """Return the dispatchers that hold their lock; None on databases without advisory locks."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND classid = %s AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK_CLASS],
        )
        return {row[0] for row in cursor.fetchall()}


def _execute(sql: str, *parameters: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
