"""Change one session and all that follow it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from civiltime import zones
from civiltime.recurrence import Rule, Start, expand
from scheduler.actions.calendar_revisions import next_revision, revise_series
from scheduler.actions.recurring_seats import copy_recurring_seats
from scheduler.actions.schedule.change_log import (
    lock_for_change,
    record_change,
    revise,
    set_time,
    snapshot,
)
from scheduler.actions.schedule.errors import InThePast, NotInASeries
from scheduler.actions.schedule.occurrences import cancel_locked_occurrence
from scheduler.actions.schedule.window import ROLLING_WINDOW, fill
from scheduler.models import Occurrence, ScheduleChange, Series

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import Person

Kind = ScheduleChange.Kind
HALF_WEEK: Final = timedelta(days=3.5)
LONGEST_UNTIL: Final = timedelta(days=5 * 365)


@transaction.atomic
def continue_series(
    *,
    by: Person,
    occurrence: Occurrence,
    first_local: datetime,
    rule: Rule,
    duration_minutes: int,
    keeps_moved: bool,
    reason: str,
    now: datetime,
) -> Series:
    """End a series before one of its sessions, and continue it with a new series.

    An upcoming session that the new rule matches keeps its row, and with it its key, seats,
    reminders and calendar entries. A cancelled one stays cancelled; a moved one stays where it is
    only if ``keeps_moved``. Sessions without a match are cancelled. The new series is in the
    group's anchor zone and refers to the old one as its ``origin``.

    Raises:
        NotFacilitating: ``by`` does not facilitate the group.
        AlreadyStarted: the session has started.
        NotInASeries: it is an extra one.
        InThePast: the new series would begin before now.
        UnsupportedRule: the rule does not meet on its first day, or is outside the allow-list.
    """
    if occurrence.series_id is None:
        raise NotInASeries
    revision = next_revision(occurrence.group_id, now)
    old = Series.objects.select_for_update(of=("self",)).get(pk=occurrence.series_id)
    anchor = lock_for_change(by, occurrence, now)
    if zones.resolve_local(first_local, old.group.tz) <= now:
        raise InThePast
    new = _create_successor(old, first_local, rule, duration_minutes, now)
    copy_recurring_seats(old=old, new=new)
    change = record_change(
        new,
        Kind.CONTINUED,
        by=by,
        now=now,
        before={"series": old.pk, "rule": old.rule},
        after={"series": new.pk, "rule": new.rule},
        reason=reason,
    )
    to_come = old.occurrences.filter(starts_at__gt=now, original_local__gte=anchor.original_local)
    replaced = list(to_come.select_for_update(of=("self",)).order_by("original_local"))
    starts = _match_starts(replaced, _starts(new, rule, now), first_local - anchor.original_local)
    for session, start in zip(replaced, starts, strict=True):
        stays = keeps_moved and session.moved_at is not None
        if start is not None:
            _move_to_series(session, new, start, stays=stays, change=change, revision=revision)
        elif not session.is_cancelled and not stays:
            cancel_locked_occurrence(
                session, by=by, now=now, revision=revision, reason=reason, part_of=change
            )
    _end_before(old, anchor.original_local.date(), now)
    revise_series(old.pk, revision)
    fill(new, now=now)
    return new


def _create_successor(
    old: Series, first_local: datetime, rule: Rule, duration_minutes: int, now: datetime
) -> Series:
    return Series.objects.create(
        group=old.group,
        tz=old.group.tz,
        first_local=first_local,
        rule=str(rule),
        duration_minutes=duration_minutes,
        origin=old,
        created_at=now,
        revised_at=now,
    )


def _starts(series: Series, rule: Rule, now: datetime) -> list[Start]:
    until = now + ROLLING_WINDOW
    first = series.first_local
    return list(expand(rule, first_local=first, tz=series.tz, after=now, before=until))


def _match_starts(
    sessions: Sequence[Occurrence], starts: Sequence[Start], shift: timedelta
) -> list[Start | None]:
    """Return for each session its new start, or None.

    Every session is shifted as the first one is; the nearest start within half a week is its
    own, and the nearest pairs are matched first.
    """
    locals_ = [start.local for start in starts]
    pairs = sorted(
        (abs(locals_[there] - wanted), here, there)
        for here, wanted in enumerate(session.original_local + shift for session in sessions)
        for there in range(
            bisect_left(locals_, wanted - HALF_WEEK), bisect_right(locals_, wanted + HALF_WEEK)
        )
    )
    chosen: dict[int, int] = {}
    for _distance, here, there in pairs:
        if here not in chosen and there not in chosen.values():
            chosen[here] = there
    return [starts[chosen[here]] if here in chosen else None for here in range(len(sessions))]


def _move_to_series(
    session: Occurrence,
    new: Series,
    start: Start,
    *,
    stays: bool,
    change: ScheduleChange,
    revision: datetime,
) -> None:
    """Move a session to the new series; members see a change only if its time or length differs."""
    before = snapshot(session)
    session.series, session.original_local = new, start.local
    if not stays:
        set_time(session, start.local, new.tz, timedelta(minutes=new.duration_minutes))
        session.moved_at = None
    after = snapshot(session)
    is_visible_change = any(before[part] != after[part] for part in ("starts_at", "minutes"))
    kind = Kind.MOVED if is_visible_change and not session.is_cancelled else Kind.CONTINUED
    if is_visible_change:
        revise(session, revision)
    else:
        session.save()
    record_change(session, kind, by=change.by, now=change.at, before=before, after=after,
           reason=change.reason, part_of=change)  # fmt: skip


def _end_before(series: Series, day: date, now: datetime) -> None:
    """End a series before a day, by its rule where a rule can say so."""
    last = day - timedelta(days=1)
    first = series.first_local.date()
    if first <= last <= first + LONGEST_UNTIL:
        series.rule = str(replace(Rule.parse(series.rule), count=None, until_local=last))
    else:
        series.ended_at = now
    series.save(update_fields=["rule", "ended_at"])
