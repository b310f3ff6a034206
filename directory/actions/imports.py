"""Import a group from a list of meetings, and update it when the list is imported again."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from scheduler.actions.groups import rename_group, set_languages
from scheduler.actions.schedule import cancel_series, insert_series
from scheduler.models import Group, Organisation, Series
from scheduler.models.groups import MAXIMUM_CAPACITY

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, time
    from zoneinfo import ZoneInfo

    from civiltime.recurrence import Rule


class Outcome(StrEnum):
    """What the import of one group did."""

    CREATED = "made"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    KEPT = "kept"  # closed, or facilitated by a member here, whose settings take precedence


class ImportedSchedule(NamedTuple):
    """The schedule that a list gives a group; ``first_local`` is a wall clock in ``tz``."""

    tz: ZoneInfo
    first_local: datetime
    rule: Rule
    duration_minutes: int

    @property
    def pattern(self) -> tuple[ZoneInfo, time, str, int]:
        """Return what is the same in each week: zone, time of day, rule and duration."""
        return self.tz, self.first_local.time(), str(self.rule), self.duration_minutes


@transaction.atomic
def import_group(
    *,
    organisation: Organisation,
    source: str,
    name: str,
    languages: Collection[str],
    schedule: ImportedSchedule,
    now: datetime,
) -> Outcome:
    """Create an unlisted group, or update the one that was imported from the same source.

    Locks the organisation. The same call again changes nothing. Another schedule cancels the
    future sessions and starts a new series at its ``first_local``. Only an operator calls this.

    Args:
        organisation: whose group it is.
        source: the identity of the list's row, unique within the organisation.
        name: of the group.
        languages: ISO 639-1 codes.
        schedule: when the group meets.
        now: aware.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    group = organisation.groups.filter(imported_from=source).first()
    if group is None:
        group = _create_group(organisation, source, name, schedule.tz, now)
        set_languages(group, languages)
        _create_series(group, schedule, now)
        return Outcome.CREATED
    if group.closed_at or group.memberships.active().facilitating().exists():
        return Outcome.KEPT
    is_renamed = _update_description(group, name, languages, now)
    is_moved = _update_schedule(group, schedule, now)
    return Outcome.CHANGED if is_renamed or is_moved else Outcome.UNCHANGED


def _create_group(
    organisation: Organisation, source: str, name: str, tz: ZoneInfo, now: datetime
) -> Group:
    return Group.objects.create(
        organisation=organisation,
        imported_from=source,
        name=name,
        tz=tz,
        capacity=MAXIMUM_CAPACITY,  # lists do not give one
        join_policy=Group.JoinPolicy.OPEN,  # there is no facilitator yet to answer a request
        is_listed=False,
        created_at=now,
    )


def _create_series(group: Group, schedule: ImportedSchedule, now: datetime) -> None:
    insert_series(
        by=None,
        group=group,
        first_local=schedule.first_local,
        rule=schedule.rule,
        duration_minutes=schedule.duration_minutes,
        now=now,
    )


def _update_description(group: Group, name: str, languages: Collection[str], now: datetime) -> bool:
    """Set name and languages; return whether one of them changed."""
    if group.name == name and group.languages == sorted(languages):
        return False
    if group.name != name:
        rename_group(group, name, now)
    set_languages(group, languages)
    return True


def _update_schedule(group: Group, schedule: ImportedSchedule, now: datetime) -> bool:
    """Replace the group's series if their pattern is another one; return whether it was."""
    current = list(group.series.filter(ended_at=None))
    if [_pattern(series) for series in current] == [schedule.pattern]:
        return False
    for series in current:
        cancel_series(by=None, series=series, now=now)
    group.tz = schedule.tz
    group.save(update_fields=["tz"])
    _create_series(group, schedule, now)
    return True


def _pattern(series: Series) -> tuple[ZoneInfo, time, str, int]:
    return series.tz, series.first_local.time(), series.rule, series.duration_minutes
