"""What a group can create of a proposal: a series on its own clock, from its next session on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.translation import gettext as _

from civiltime import zones
from civiltime.recurrence import Rule, UnsupportedRule, expand
from scheduler.models.schedule import DURATION_LIMITS

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from calendars.importing.reader import Proposal

ONCE: Final = "FREQ=DAILY;COUNT=1"
EXPANSION_LIMIT: Final = datetime(2100, 1, 1, tzinfo=UTC)


class ImportPlan(NamedTuple):
    """A proposal as ``create_series`` takes it.

    Attributes:
        first_local: wall clock in the group's zone, later than now.
        rule: RRULE text; a single session is a rule with COUNT=1.
        obstacle: a translated sentence that says why the group cannot; empty if it can.
    """

    name: str
    first_local: datetime
    rule: str
    duration_minutes: int
    obstacle: str


def plan_import(proposal: Proposal, *, tz: ZoneInfo, now: datetime) -> ImportPlan:
    """Return what a group in the zone ``tz`` can create of a proposal."""
    minutes = int(proposal.duration.total_seconds() // 60)
    plan = ImportPlan(proposal.name, proposal.first_local, proposal.rule or ONCE, minutes, "")
    shortest, longest = DURATION_LIMITS
    if zones.zone(proposal.tz) != tz:
        return plan._replace(
            obstacle=_("It is in another time zone. Add it by hand in this group’s time zone.")
        )
    if not shortest <= minutes <= longest:
        return plan._replace(
            obstacle=_("It is too short or too long for a session. Add it by hand.")
        )
    return _from_now_on(plan, tz, now)


def _from_now_on(plan: ImportPlan, tz: ZoneInfo, now: datetime) -> ImportPlan:
    """Return the plan with its next session as the first, and COUNT reduced by those before."""
    try:
        rule = Rule.parse(plan.rule, first_local=plan.first_local, tz=tz)
        starts = expand(
            rule, first_local=plan.first_local, tz=tz, after=now, before=EXPANSION_LIMIT
        )
        first = next(starts, None)
    except UnsupportedRule:
        return plan._replace(obstacle=_("It repeats in a way of its own. Add it by hand."))
    if first is None:
        return plan._replace(obstacle=_("All its sessions are over."))
    if rule.count is not None:
        rule = replace(rule, count=1 + sum(1 for _start in starts))
    return plan._replace(first_local=first.local, rule=str(rule))
