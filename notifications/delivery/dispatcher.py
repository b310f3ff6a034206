"""Hands over what is due, one message at a time.

Before each handover a checkpoint settles the message before it and marks this one as handed over.
A process that dies leaves at most that one message unconfirmed; all others are known not to have
been sent.
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

from notifications.delivery import checkpoint, circuit_breaker, leases, retry_policy, validity
from notifications.kinds.registry import SENT_ALONE
from notifications.models import Notice
from notifications.queries.due_notices import read_due_notices
from notifications.transports.errors import DeliveryRejected, DeliveryUnconfirmed, TransportDown
from notifications.transports.registry import senders

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from notifications.delivery.leases import Claim
    from notifications.models import Transport
    from notifications.queries.due_notices import DueNotice
    from notifications.transports.sender import Sender

logger = logging.getLogger(__name__)

State = Notice.State

BATCH_SECONDS: Final = 5.0  # for which the checks of a batch hold; then the rest is given back
DATABASE_RETRY_SECONDS: Final = 30.0  # for which an outcome is kept while there is no database
MAX_UNCONFIRMED_IN_A_ROW: Final = 3  # or a server that drops connections would get every message
RETRY_AFTER_DOWN: Final = timedelta(seconds=10)


def dispatch(
    transport: Transport,
    *,
    seconds: float = 20.0,
    sender: Sender | None = None,
    stopping: Event | None = None,
    is_clock_right: Callable[[datetime], bool] = lambda _now: True,
) -> Counter[str]:
    """Hand over what is due on one transport until nothing is or time is up.

    Args:
        transport: the transport.
        seconds: how long to go on claiming batches.
        sender: replaces the transport's own.
        stopping: once set, ends after the present message.
        is_clock_right: asked before each claim; False ends it. Within a batch the time is counted
            from the claim, so a clock that is set meanwhile has no effect.

    Returns:
        How many notices got into each state.
    """
    stopping = stopping or Event()
    leases.reclaim(timezone.now())
    tally: Counter[str] = Counter()
    if not Notice.objects.due(transport, timezone.now()).exists():
        return tally  # most polls end here, without a lock and a connection
    deadline = time.monotonic() + seconds
    with leases.alive() as owner, sender or senders()[transport]() as opened:
        while (
            time.monotonic() < deadline
            and not stopping.is_set()
            and is_clock_right(timezone.now())
            and (batch := _next_batch(transport, owner, opened, stopping))
        ):
            tally += batch.run()
            if batch.is_down:
                circuit_breaker.record_failure(transport, timezone.now())
                break
            circuit_breaker.record_success(transport)
    return tally


def _next_batch(transport: Transport, owner: int, sender: Sender, stopping: Event) -> Batch | None:
    """Claim as much as the circuit breaker and the rate allow; None if that is nothing."""
    now = timezone.now()
    limit = circuit_breaker.acquire(transport, leases.BATCH_SIZE, now)
    claim = leases.claim(transport, owner, now, limit=limit) if limit else None
    return None if claim is None else Batch(claim, sender, stopping, now)


def digests(batch: list[DueNotice]) -> list[list[DueNotice]]:
    """Group notices into messages, urgent ones first: one for each person, and for each reminder."""
    alone = [[due] for due in batch if due.notice.kind in SENT_ALONE]
    by_person: dict[int, list[DueNotice]] = defaultdict(list)
    for due in batch:
        if due.notice.kind not in SENT_ALONE:
            by_person[due.notice.person_id].append(due)
    messages = alone + list(by_person.values())
    return sorted(messages, key=lambda digest: not any(due.notice.is_urgent for due in digest))


def read_claimed(claim: Claim) -> list[DueNotice]:
    """Return the notices that a claim holds, urgent ones first, in one query."""
    held = Notice.objects.filter(claim.notices)
    return read_due_notices(held.order_by("-is_urgent", "next_try_at", "pk"))


class Batch:
    """Hands over the notices of one claim."""

    def __init__(self, claim: Claim, sender: Sender, stopping: Event, now: datetime) -> None:
        self.claim = claim
        self._claimed_at, self._started = now, time.monotonic()
        self.sender = sender
        self.stopping = stopping
        self.is_down = False
        self.tally: Counter[str] = Counter()
        self._unconfirmed_in_a_row = 0
        self._unsettled: tuple[list[int], dict[str, Any]] | None = None

    def run(self) -> Counter[str]:
        """Hand over or drop one message after the other; return how many got into each state.

        What is left after ``BATCH_SECONDS``, or when the transport is down, is given back.
        """
        deadline = time.monotonic() + BATCH_SECONDS
        next_try_at = None
        try:
            for digest in digests(read_claimed(self.claim)):
                if time.monotonic() > deadline or self.stopping.is_set():
                    break
                self._process(digest)
        except TransportDown:
            self.is_down = True
            next_try_at = timezone.now() + RETRY_AFTER_DOWN
        finally:
            self._settle()
            leases.give_back(self.claim, next_try_at)
        return self.tally

    def _now(self) -> datetime:
        """Return the time by the clock that was right at the claim, even if it was set since."""
        return self._claimed_at + timedelta(seconds=time.monotonic() - self._started)

    def _process(self, digest: list[DueNotice]) -> None:
        now = self._now()
        valid = [due for due in digest if not self._drop(due, now) and not self._defer(due, now)]
        if not valid:
            return
        notices = [due.notice for due in valid]
        try:
            hand_over = self.sender.prepare(valid)
        except Exception:  # one message that cannot be composed must not hold up the others
            logger.exception("notices %s cannot be written", [notice.pk for notice in notices])
            self._close(notices, State.FAILED, Notice.Reason.UNSENDABLE)
            return
        if self._mark_handed(notices, now):
            self._hand_over(notices, hand_over)

    def _drop(self, due: DueNotice, now: datetime) -> bool:
        """Drop a notice that is no longer valid; return whether it was."""
        reason = validity.reason_to_drop(due, now)
        if reason is not None:
            self._close([due.notice], State.DROPPED, reason)
        return reason is not None

    def _defer(self, due: DueNotice, now: datetime) -> bool:
        """Defer a notice that would be sent in quiet hours; return whether it was."""
        until = validity.wait_until(due, now)
        if until is not None:
            self._requeue([due.notice], until, due.notice.attempts)
        return until is not None

    def _hand_over(self, notices: list[Notice], hand_over: Callable[[], None]) -> None:
        """Call what the sender prepared, and record the outcome."""
        try:
            hand_over()
        except DeliveryRejected as rejection:
            self._reject(notices, is_final=rejection.is_final)
        except DeliveryUnconfirmed as error:
            self._record(notices, state=State.UNCONFIRMED, unconfirmed_at=timezone.now())
            self._unconfirmed_in_a_row += 1
            if self._unconfirmed_in_a_row == MAX_UNCONFIRMED_IN_A_ROW:
                raise TransportDown from error
        except TransportDown:
            self._requeue(notices, timezone.now() + RETRY_AFTER_DOWN, notices[0].attempts)
            raise
        else:
            self._close(notices, State.DONE)
            self._unconfirmed_in_a_row = 0

    def _reject(self, notices: list[Notice], *, is_final: bool) -> None:
        """Requeue rejected notices by the retry policy; fail them if that would be too late."""
        attempts = notices[0].attempts + 1
        next_try_at = timezone.now() + retry_policy.wait(attempts)
        if is_final or next_try_at >= min(notice.expires_at for notice in notices):
            self._close(notices, State.FAILED, Notice.Reason.REFUSED)
        else:
            self._requeue(notices, next_try_at, attempts)

    def _requeue(self, notices: list[Notice], next_try_at: datetime, attempts: int) -> None:
        self._record(notices, **Notice.REQUEUED, next_try_at=next_try_at, attempts=attempts)

    def _close(self, notices: list[Notice], state: str, reason: str = "") -> None:
        self._record(notices, state=state, reason=reason, done_at=timezone.now())

    def _record(self, notices: list[Notice], **fields: Any) -> None:
        """Keep an outcome until the next checkpoint, so that one commit serves both."""
        self._settle()
        self._unsettled = [notice.pk for notice in notices], fields
        self.tally[fields["state"]] += len(notices)

    def _mark_handed(self, notices: list[Notice], now: datetime) -> bool:
        """Run the checkpoint; return whether all notices of the message may be sent.

        If only some may, the message is not sent: those go back to being claimed.
        """
        following = [notice.pk for notice in notices]
        accepted = self._accepted()
        if not accepted:
            self._settle()
        marked = checkpoint.advance(
            self.claim,
            accepted=accepted,
            following=following,
            message_key=notices[0].key,
            now=now,
        )
        if accepted:
            self._unsettled = None
        if marked and len(marked) < len(following):
            part = Notice.objects.filter(pk__in=marked, lease_token=self.claim.token)
            part.update(state=State.CLAIMED, handed_at=None)
        return len(marked) == len(following)

    def _accepted(self) -> list[int]:
        """Return the ids in the message before, if its outcome is that it was accepted."""
        pks, fields = self._unsettled or ([], {})
        return pks if fields.get("state") == State.DONE else []

    def _settle(self) -> None:
        """Write the last outcome. While there is no database, retry: the message has been sent."""
        deadline = time.monotonic() + DATABASE_RETRY_SECONDS
        while self._unsettled is not None:
            try:
                self._write_outcome(*self._unsettled)
            except (OperationalError, InterfaceError):
                if time.monotonic() > deadline:
                    raise
                connection.close()
                time.sleep(0.25)
            else:
                self._unsettled = None

    def _write_outcome(self, pks: list[int], fields: dict[str, Any]) -> None:
        """Write an outcome, also of notices that were reclaimed as unconfirmed meanwhile."""
        Notice.objects.filter(pk__in=pks, lease_token=self.claim.token).update(**fields)
