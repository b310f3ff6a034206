"""What becomes of messages of which nobody knows whether they left: asked about, or decided."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db.models import Q

from notifications.models import Notice
from notifications.transports import TransportDown
from notifications.transports.registry import senders

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from notifications.models import Transport
    from notifications.transports import Sender

ASK_AGAIN_IN: Final = timedelta(minutes=1)
AT_ONCE: Final = 50
RESENT: Final = {
    "state": Notice.State.PLANNED,
    "lease_owner": None,
    "lease_token": None,
    "lease_until": None,
    "handed_at": None,
}


def resolve(transport: Transport, now: datetime) -> None:
    """Settle what is uncertain by one way: ask whoever took it, else do as the operator decided.

    What can be asked nobody and is not to be sent again stays uncertain, for the operator to see.
    """
    unconfirmed = Notice.objects.filter(transport=transport, state=Notice.State.UNCONFIRMED)
    if not unconfirmed.exists():
        return
    if transport.value in settings.RESEND_UNCERTAIN:
        unconfirmed.filter(expires_at__gt=now).update(**RESENT, next_try_at=now)
        return
    _ask_about(unconfirmed.filter(next_try_at__lte=now), senders()[transport](), now)


def _ask_about(unconfirmed: QuerySet[Notice], sender: Sender, now: datetime) -> None:
    with sender, suppress(TransportDown):
        keys = {notice.message_key or notice.key for notice in unconfirmed[:AT_ONCE]}
        for key in keys:
            asked = unconfirmed.filter(Q(message_key=key) | Q(message_key=None, key=key))
            _settle(asked, sender.ask(key), now)


def _settle(notices: QuerySet[Notice], was_taken: bool | None, now: datetime) -> None:
    match was_taken:
        case True:
            notices.update(state=Notice.State.DONE, done_at=now)
        case False:
            notices.filter(expires_at__gt=now).update(**RESENT, next_try_at=now)
        case None:
            notices.update(next_try_at=now + ASK_AGAIN_IN)
