"""Who holds which notices: claimed in batches under a lease, taken back from the dead."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.db.models import Q

from notifications.models import Notice, Transport

if TYPE_CHECKING:
    from collections.abc import Iterator

LEASE: Final = timedelta(seconds=30)
BATCH: Final = 50
LOCK_CLASS: Final = 7201  # the advisory locks of this table, among all of the database


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch that one dispatcher holds. Every later write names its token.

    So a dispatcher that froze past the end of its lease, and wakes, writes nothing.
    """

    token: int
    owner: int
    until: datetime

    @property
    def notices(self) -> Q:
        """Return what this claim still holds and has not handed over."""
        return Q(lease_token=self.token, state=Notice.State.CLAIMED)


@contextmanager
def alive() -> Iterator[int]:
    """Yield a dispatcher's number, known to be alive for as long as the block runs.

    On PostgreSQL a session lock says so: the kernel closes a killed process's socket and the
    lock is gone within a second. It needs a direct connection or session pooling.
    SQLite has no such lock; there the end of the lease decides.
    """
    owner = secrets.randbits(31)
    if connection.vendor != "postgresql":
        yield owner
        return
    _run("SELECT pg_advisory_lock(%s, %s)", LOCK_CLASS, owner)
    try:
        yield owner
    finally:
        if connection.connection is not None and not connection.connection.closed:
            _run("SELECT pg_advisory_unlock(%s, %s)", LOCK_CLASS, owner)


@transaction.atomic
def claim(transport: Transport, owner: int, now: datetime, *, most: int = BATCH) -> Claim | None:
    """Take at most so many of what is due by one way, urgent ones first; None when nothing is.

    Rows that another dispatcher is just taking are passed over, not waited for. What one person
    must hear counts as one: the rest of it comes with its first row.
    """
    due = Notice.objects.due(transport, now).select_for_update(skip_locked=True)
    rows: list[tuple[int, int, str]] = []
    for is_urgent in (True, False):
        some = due.filter(is_urgent=is_urgent).values_list("pk", "person_id", "kind")
        rows += some[: most - len(rows)]
    readers = {person for _, person, kind in rows if kind != Notice.Kind.REMINDER}
    batch = [pk for pk, _, kind in rows if kind == Notice.Kind.REMINDER]
    batch += _lock_digests(transport, readers, now)
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


def _lock_digests(transport: Transport, readers: set[int], now: datetime) -> list[int]:
    """Lock all that some people must hear now, so that no digest is cut in two.

    Of whom another dispatcher is just taking a part, nothing: it leaves her as well, and the next
    claim has her whole.
    """
    if not readers:
        return []
    news = Notice.objects.due(transport, now).exclude(kind=Notice.Kind.REMINDER)
    hers = news.filter(person__in=readers)
    taken = dict(hers.select_for_update(skip_locked=True).values_list("pk", "person_id"))
    torn = set(hers.exclude(pk__in=taken).values_list("person_id", flat=True))
    return [pk for pk, person in taken.items() if person not in torn]


def give_back(held: Claim, next_try_at: datetime | None = None) -> int:
    """Return what a claim still holds to the queue, not before an instant if one is given."""
    later = {} if next_try_at is None else {"next_try_at": next_try_at}
    return Notice.objects.filter(held.notices).update(state=Notice.State.PLANNED, **_FREE, **later)


def reclaim(now: datetime) -> tuple[int, int]:
    """Take back what dead dispatchers held; return how many are planned again and how many uncertain.

    What was only claimed has certainly not left. What was being handed over may have: it becomes
    uncertain, and is never sent again unasked. While its owner is known to be alive, even past
    the end of the lease, it is left alone: a frozen process may wake and finish.
    """
    owners = set(Notice.objects.leased().values_list("lease_owner", flat=True).distinct())
    if not owners:
        return 0, 0
    living = _living()  # asked after the rows were read: whoever held one then had its lock
    is_over = Q(lease_until__lt=now)
    dead = Q(lease_owner__in=owners - living) if living is not None else is_over
    claimed = Notice.objects.filter(state=Notice.State.CLAIMED).filter(dead | is_over)
    handed = Notice.objects.filter(dead, state=Notice.State.HANDED)
    return (
        claimed.update(state=Notice.State.PLANNED, **_FREE),
        handed.update(state=Notice.State.UNCONFIRMED, unconfirmed_at=now),
    )


_FREE: Final = {"lease_owner": None, "lease_token": None, "lease_until": None}


def _living() -> set[int] | None:
    """Return the dispatchers that hold their lock; None where locks do not tell."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND classid = %s AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK_CLASS],
        )
        return {row[0] for row in cursor.fetchall()}


def _run(sql: str, *parameters: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
