"""A seat is free for somebody on the waiting list, and kept for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds.definition import NoticeRule, NotificationKind, Texts, page_named
from notifications.models import Notice, Topic
from notifications.sql_functions import EpochSeconds
from scheduler.models import Seat
from scheduler.text.local_time import local_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models.expressions import Combinable


def _offers(now: datetime, _since: datetime) -> Iterator[NoticeRule]:
    """Yield a rule for all offers that stand; the end of an offer tells it from a later one."""
    yield NoticeRule(
        rows=Seat.objects.on_offer(now),
        person="membership__person",
        occurrence="occurrence",
        columns={"about": EpochSeconds(F("offered_until")), "expires_at": F("offered_until")},
        is_batched=False,
    )


def _is_taken_or_lapsed(now: datetime) -> Combinable:
    offered = Seat.objects.on_offer(now).filter(
        occurrence=OuterRef("occurrence"), membership__person=OuterRef("person")
    )
    return ~Exists(offered)


def _until(notice: Notice, _moved_from: datetime | None) -> str:
    until = local_time(notice.expires_at, notice.person.tz)
    return _("It is kept for you until %(weekday)s %(clock)s.") % {
        "weekday": until.weekday,
        "clock": until.clock,
    }


KINDS: Final = (
    NotificationKind(
        kind=Notice.Kind.OFFERED,
        icon="calendar-plus",
        action=gettext_lazy("Answer"),
        topic=Topic.SEATS,
        source=_offers,
        texts=Texts(
            gettext_lazy("A place is free for you:"), gettext_lazy("A place is free: %(what)s")
        ),
        note=_until,
        page=page_named("my_sessions"),
        is_settled=_is_taken_or_lapsed,
        is_over_when_expired=True,
    ),
)
