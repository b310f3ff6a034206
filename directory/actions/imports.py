"""Take in a group from somebody else's list, and keep it as that list says."""

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
    """What an import did to one group."""

    MADE = "made"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    KEPT = "kept"  # closed, or run by a facilitator here, who knows better than the list


class Hour(NamedTuple):
    """The hour that a list gives a group; ``first_local`` is a wall-clock time of ``tz``."""

    tz: ZoneInfo
    first_local: datetime
    rule: Rule
    duration_minutes: int

    @property
    def agreement(self) -> tuple[ZoneInfo, time, str, int]:
        """Return what stays the same from week to week."""
        return self.tz, self.first_local.time(), str(self.rule), self.duration_minutes


@transaction.atomic
def import_group(
    *,
    organisation: Organisation,
    source: str,
    name: str,
    languages: Collection[str],
    hour: Hour,
    now: datetime,
) -> Outcome:
    """Found an unlisted group or renew it; ``source`` is its identity within the organisation.

    Called by the operator, who alone may. The same call again changes nothing. Another hour
    calls off the sessions to come and writes a new series from its ``first_local``.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    group = organisation.groups.filter(imported_from=source).first()
    if group is None:
        group = _found(organisation, source, name, hour.tz, now)
        set_languages(group, languages)
        _meet(group, hour, now)
        return Outcome.MADE
    if group.closed_at or group.memberships.active().facilitating().exists():
        return Outcome.KEPT
    is_renamed = _describe(group, name, languages, now)
    is_moved = _reschedule(group, hour, now)
    return Outcome.CHANGED if is_renamed or is_moved else Outcome.UNCHANGED


def _found(
    organisation: Organisation, source: str, name: str, tz: ZoneInfo, now: datetime
) -> Group:
    return Group.objects.create(
        organisation=organisation,
        imported_from=source,
        name=name,
        tz=tz,
        capacity=MAXIMUM_CAPACITY,  # lists do not say how many people fit
        join_policy=Group.JoinPolicy.OPEN,  # nobody is there yet to answer a request
        is_listed=False,
        created_at=now,
    )


def _meet(group: Group, hour: Hour, now: datetime) -> None:
    insert_series(
        by=None,
        group=group,
        first_local=hour.first_local,
        rule=hour.rule,
        duration_minutes=hour.duration_minutes,
        now=now,
    )


def _describe(group: Group, name: str, languages: Collection[str], now: datetime) -> bool:
    if group.name == name and group.languages == sorted(languages):
        return False
    if group.name != name:
        rename_group(group, name, now)
    set_languages(group, languages)
    return True


def _reschedule(group: Group, hour: Hour, now: datetime) -> bool:
    current = list(group.series.filter(ended_at=None))
    if [_agreement(series) for series in current] == [hour.agreement]:
        return False
    for series in current:
        cancel_series(by=None, series=series, now=now)
    group.tz = hour.tz
    group.save(update_fields=["tz"])
    _meet(group, hour, now)
    return True


def _agreement(series: Series) -> tuple[ZoneInfo, time, str, int]:
    return series.tz, series.first_local.time(), series.rule, series.duration_minutes
