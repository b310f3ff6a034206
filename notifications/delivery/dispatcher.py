"""Hands over what is due, one message at a time, so that a kill leaves at most one in doubt.

Before each hand-over one transaction settles the message before it and marks this one *handed*.
A process that dies leaves that one row behind as uncertain; all others are known not to have left.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING, Any, Final

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from notifications.delivery import circuit_breaker, handover, leases, retry_policy, validity
from notifications.models import Notice, Transport
from notifications.transports import DeliveryRejected, DeliveryUnconfirmed, TransportDown
from notifications.transports.registry import senders

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from notifications.delivery.leases import Claim
    from notifications.delivery.validity import Due
    from notifications.transports import Sender

logger = logging.getLogger(__name__)

State = Notice.State

FRESH: Final = 5.0  # seconds after which the checks of a batch no longer count: the rest goes back
DATABASE_BACK_IN: Final = 30.0  # seconds for which an outcome is kept while the database is away
MAX_UNCONFIRMED_IN_A_ROW: Final = (
    3  # a server that drops every line would make each message a doubt
)
RETRY_AFTER_DOWN: Final = timedelta(seconds=10)


def dispatch(
    transport: Transport,
    *,
    seconds: float = 20.0,
    sender: Sender | None = None,
    stopping: Event | None = None,
    trusts: Callable[[datetime], bool] = lambda _now: True,
) -> Counter[str]:
    """Hand over what is due by one way until nothing is, or time is up; count the outcomes.

    Once ``stopping`` is set it ends after the message in hand; once ``trusts`` says of the clock
    that it is wrong, after the batch in hand, whose own hours are counted without that clock.
    """
    stopping = stopping or Event()
    leases.reclaim(timezone.now())
    tally: Counter[str] = Counter()
    if not Notice.objects.due(transport, timezone.now()).exists():
        return tally  # most looks end here, and cost no lock and no connection
    ends = time.monotonic() + seconds
    with leases.alive() as owner, sender or senders()[transport]() as opened:
        while time.monotonic() < ends and not stopping.is_set() and trusts(timezone.now()):
            batch = _next_batch(transport, owner, opened, stopping)
            if batch is None:
                break
            tally += batch.run()
            if batch.is_down:
                circuit_breaker.record_failure(transport, timezone.now())
                break
            circuit_breaker.record_success(transport)
    return tally


def _next_batch(transport: Transport, owner: int, sender: Sender, stopping: Event) -> Batch | None:
    """Claim what the gate lets through; None when that is nothing."""
    now = timezone.now()
    most = circuit_breaker.acquire(transport, leases.BATCH, now)
    claim = leases.claim(transport, owner, now, most=most) if most else None
    return None if claim is None else Batch(claim, sender, stopping, now)


def digests(batch: list[Due]) -> list[list[Due]]:
    """Put what one person must hear into one message; each reminder is a message of its own."""
    reminders = [[due] for due in batch if due.notice.kind == Notice.Kind.REMINDER]
    news: dict[int, list[Due]] = defaultdict(list)
    for due in batch:
        if due.notice.kind != Notice.Kind.REMINDER:
            news[due.notice.person_id].append(due)
    together = reminders + list(news.values())
    return sorted(together, key=lambda digest: not any(due.notice.is_urgent for due in digest))


class Batch:
    """The notices of one claim on their way out.

    What is too late is judged by the hour of the claim, which the database confirmed, and by the
    seconds since: a clock that is put forward meanwhile must not make each of them overdue.
    """

    def __init__(self, claim: Claim, sender: Sender, stopping: Event, now: datetime) -> None:
        self.claim = claim
        self._claimed_at, self._claimed = now, time.monotonic()
        self.sender = sender
        self.stopping = stopping
        self.is_down = False
        self.tally: Counter[str] = Counter()
        self._unconfirmed = 0
        self._unsettled: tuple[list[int], dict[str, Any]] | None = None

    def run(self) -> Counter[str]:
        """Hand over, or drop, one after the other; what is left when this ends goes back."""
        ends = time.monotonic() + FRESH
        next_try_at = None
        try:
            for digest in digests(validity.held_by(self.claim)):
                if time.monotonic() > ends or self.stopping.is_set():
                    break
                self._process(digest)
        except TransportDown:
            self.is_down = True
            next_try_at = timezone.now() + RETRY_AFTER_DOWN
        finally:
            self._settle()
            leases.give_back(self.claim, next_try_at)
        return self.tally

    def _process(self, digest: list[Due]) -> None:
        now = self._claimed_at + timedelta(seconds=time.monotonic() - self._claimed)
        going = [due for due in digest if not self._dropped(due, now) and not self._waits(due, now)]
        if not going:
            return
        notices = [due.notice for due in going]
        try:
            give_away = self.sender.prepare(going)
        except Exception:  # one message that cannot be written must not hold up all others
            logger.exception("notices %s cannot be written", [notice.pk for notice in notices])
            self._close(notices, State.FAILED, Notice.Reason.UNSENDABLE)
            return
        if self._mark_handed(notices, now):
            self._hand_over(notices, give_away)

    def _dropped(self, due: Due, now: datetime) -> bool:
        reason = validity.reason_to_drop(due, now)
        if reason is not None:
            self._close([due.notice], State.DROPPED, reason)
        return reason is not None

    def _waits(self, due: Due, now: datetime) -> bool:
        """Put off what would come in its reader's quiet hours."""
        until = validity.wait_until(due, now)
        if until is not None:
            self._later([due.notice], until, due.notice.attempts)
        return until is not None

    def _hand_over(self, notices: list[Notice], give_away: Callable[[], None]) -> None:
        try:
            give_away()
        except DeliveryRejected as refusal:
            self._refused(notices, is_final=refusal.is_final)
        except DeliveryUnconfirmed as doubt:
            self._outcome(notices, state=State.UNCONFIRMED, unconfirmed_at=timezone.now())
            self._unconfirmed += 1
            if self._unconfirmed == MAX_UNCONFIRMED_IN_A_ROW:
                raise TransportDown from doubt
        except TransportDown:
            self._later(notices, timezone.now() + RETRY_AFTER_DOWN, notices[0].attempts)
            raise
        else:
            self._close(notices, State.DONE)
            self._unconfirmed = 0

    def _refused(self, notices: list[Notice], *, is_final: bool) -> None:
        attempts = notices[0].attempts + 1
        again = timezone.now() + retry_policy.wait(attempts)
        if is_final or again >= min(notice.expires_at for notice in notices):
            self._close(notices, State.FAILED, Notice.Reason.REFUSED)
        else:
            self._later(notices, again, attempts)

    def _later(self, notices: list[Notice], again: datetime, attempts: int) -> None:
        self._outcome(
            notices,
            state=State.PLANNED,
            next_try_at=again,
            attempts=attempts,
            handed_at=None,
            lease_owner=None,
            lease_token=None,
            lease_until=None,
        )

    def _close(self, notices: list[Notice], state: str, reason: str = "") -> None:
        self._outcome(notices, state=state, reason=reason, done_at=timezone.now())

    def _outcome(self, notices: list[Notice], **fields: Any) -> None:
        """Keep an outcome until the next mark: one commit then serves both."""
        self._settle()
        self._unsettled = [notice.pk for notice in notices], fields
        self.tally[fields["state"]] += len(notices)

    def _mark_handed(self, notices: list[Notice], now: datetime) -> bool:
        """Settle the message before in the same commit; say whether this one may still go, whole."""
        going = [notice.pk for notice in notices]
        accepted = self._accepted()
        if not accepted:
            self._settle()
        marked = handover.advance(
            self.claim,
            accepted=accepted,
            going=going,
            message_key=notices[0].key,
            now=now,
        )
        if accepted:
            self._unsettled = None
        if marked and len(marked) < len(going):
            part = Notice.objects.filter(pk__in=marked, lease_token=self.claim.token)
            part.update(state=State.CLAIMED, handed_at=None)
        return len(marked) == len(going)

    def _accepted(self) -> list[int]:
        """Return the message before, if all that is to be written of it is that it was accepted."""
        pks, fields = self._unsettled or ([], {})
        return pks if fields.get("state") == State.DONE else []

    def _settle(self) -> None:
        """Write the last outcome, whatever it takes: the other side has the message already."""
        ends = time.monotonic() + DATABASE_BACK_IN
        while self._unsettled is not None:
            try:
                self._write_outcome()
            except (OperationalError, InterfaceError):
                if time.monotonic() > ends:
                    raise
                connection.close()
                time.sleep(0.25)
            else:
                self._unsettled = None

    def _write_outcome(self) -> None:
        """Write what became of the message before; who took it from us meanwhile is corrected."""
        if self._unsettled is not None:
            pks, fields = self._unsettled
            Notice.objects.filter(pk__in=pks, lease_token=self.claim.token).update(**fields)
