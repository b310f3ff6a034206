"""Settles unconfirmed messages: by asking the other side, or by the operator's general decision."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db.models import Q

from notifications.models import Notice
from notifications.transports.errors import TransportDown
from notifications.transports.registry import senders

if TYPE_CHECKING:
    from datetime import datetime

    from notifications.models import Transport
    from notifications.models.ledger import NoticeQuerySet
    from notifications.transports.sender import Sender

ASK_AGAIN_AFTER: Final = timedelta(minutes=1)
MAX_QUESTIONS: Final = 50


def resolve(transport: Transport, now: datetime) -> None:
    """Settle the unconfirmed notices of one transport, as far as that is possible.

    If the operator chose to send them again, they are requeued. Otherwise the other side is asked;
    what it cannot tell stays unconfirmed, and the operator's page lists it.
    """
    unconfirmed = Notice.objects.unconfirmed().filter(transport=transport)
    if not unconfirmed.exists():
        return
    if transport.value in settings.RESEND_UNCERTAIN:
        unconfirmed.filter(expires_at__gt=now).requeue(next_try_at=now)
        return
    _ask(unconfirmed.filter(next_try_at__lte=now), senders()[transport](), now)


def _ask(unconfirmed: NoticeQuerySet, sender: Sender, now: datetime) -> None:
    with sender, suppress(TransportDown):
        keys = {notice.message_key or notice.key for notice in unconfirmed[:MAX_QUESTIONS]}
        for key in keys:
            notices = unconfirmed.filter(Q(message_key=key) | Q(message_key=None, key=key))
            _settle(notices, sender.was_accepted(key), now)


def _settle(notices: NoticeQuerySet, was_accepted: bool | None, now: datetime) -> None:
    match was_accepted:
        case True:
            notices.update(state=Notice.State.DONE, done_at=now)
        case False:
            notices.filter(expires_at__gt=now).requeue(next_try_at=now)
        case None:
            notices.update(next_try_at=now + ASK_AGAIN_AFTER)
