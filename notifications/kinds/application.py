"""An application was answered, and the first session of a new member."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds.definition import (
    NoticeRule,
    NotificationKind,
    Texts,
    page_named,
    session_page,
)
from notifications.models import Notice, Topic
from notifications.sql_functions import EpochSeconds
from scheduler.models import Membership, Occurrence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

ANSWER_KEPT: Final = timedelta(days=14)


def _answers(_now: datetime, since: datetime) -> Iterator[NoticeRule]:
    """Yield a rule for the people whose application was answered."""
    yield NoticeRule(
        rows=Membership.objects.filter(
            answered_at__gte=since,
            since__gte=since,
            state__in=[Membership.State.ACTIVE, Membership.State.DECLINED],
        ),
        person="person",
        columns={
            "group_id": F("group"),
            "about": EpochSeconds(F("answered_at")),
            "expires_at": F("answered_at") + ANSWER_KEPT,
        },
    )


def _new_members(now: datetime, since: datetime) -> Iterator[NoticeRule]:
    """Yield a rule for new members of groups that have a session ahead."""
    ahead = Occurrence.objects.taking_place().filter(group=OuterRef("group"), starts_at__gt=now)
    first = ahead.order_by("starts_at", "pk")
    yield NoticeRule(
        rows=Membership.objects.active()
        .filter(since__gte=since, role=Membership.Role.MEMBER, group__closed_at=None)
        .annotate(first_session=Subquery(first.values("pk")[:1]))
        .filter(first_session__isnull=False),
        person="person",
        columns={
            "occurrence_id": F("first_session"),
            "version": Subquery(first.values("sequence")[:1]),
            "expires_at": Subquery(first.values("starts_at")[:1]),
            "about": F("pk"),
        },
    )


def _what_it_is_like(_notice: Notice, _moved_from: datetime | None) -> str:
    return _(
        "The door opens 15 minutes before. Come as you are: listening is enough, and "
        "nobody has to be seen."
    )


KINDS: Final = (
    NotificationKind(
        kind=Notice.Kind.ANSWERED,
        icon="mail-open",
        action=gettext_lazy("My groups"),
        topic=Topic.ANSWERS,
        source=_answers,
        texts=Texts(
            gettext_lazy("There is an answer for you."),
            gettext_lazy("An answer for you"),
        ),
        page=page_named("inbox"),  # the address of the list of groups would reveal too much
        inbox_page="my_groups",
        is_for_members=False,
    ),
    NotificationKind(
        kind=Notice.Kind.WELCOME,
        icon="mail-open",
        action=gettext_lazy("See the session"),
        topic=Topic.ANSWERS,
        source=_new_members,
        texts=Texts(
            gettext_lazy("Welcome, you are in. Your first time:"),
            gettext_lazy("Your first time: %(what)s"),
        ),
        note=_what_it_is_like,
        page=session_page,
        is_in_calendar_files=True,
    ),
)
