"""One open report, so that the demo shows how a report is handled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scheduler.models import Membership, Occurrence
from sessions.models import Report
from sessions.models.reports import seal_of

if TYPE_CHECKING:
    from datetime import datetime

CHAT_LINES: Final = (
    "Good evening, all",
    "Write to me privately, I know a cheaper way",
    "No, thank you",
)
REASON: Final = "He asks people to write to him privately, and does not stop when they say no."


def create_report(*, facilitator: str, now: datetime) -> None:
    """Report one member by another, after the last session of this facilitator's group."""
    run = Membership.objects.active().facilitating().filter(person__username=facilitator)
    over = Occurrence.objects.filter(group__in=run.values("group"), ends_at__lt=now)
    last = over.latest("ends_at")
    members = last.group.memberships.active().filter(role=Membership.Role.MEMBER).order_by("pk")
    about, by = members[:2]
    lines = [
        {"seq": 20 + place, "at": last.starts_at.isoformat(), "by": str(who.pk), "alias": who.alias,
         "text": text}
        for place, (who, text) in enumerate(zip((by, about, by), CHAT_LINES, strict=True))
    ]  # fmt: skip
    Report.objects.create(
        occurrence=last,
        about=about,
        by=by,
        reason=REASON,
        messages=lines,
        seal=seal_of(lines),
        at=last.ends_at,
    )
