"""Change a person's weekly availability, its seasons, and with whom it is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from civiltime.errors import CommonhourError
from optimizer import Level
from optimizer.grid import QUARTERS_PER_WEEK
from optimizer.weekly_availability import UNSET_LEVEL, UNSET_WEEK, levels_from_windows, runs
from scheduler.actions.heatmaps import update_heatmaps
from scheduler.models import (
    AvailabilitySeason,
    AvailabilityShare,
    AvailabilityWindow,
    Group,
    Membership,
    WeeklyAvailability,
)
from scheduler.models.availability import MAX_SEASONS, windows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from accounts.models import Person
    from optimizer import Window

NOT_AVAILABLE: Final = bytes([Level.NO]) * QUARTERS_PER_WEEK
QUARTER_MINUTES: Final = 15


class TooManySeasons(CommonhourError):
    """The person has as many seasons as one may have."""

    code = "too_many_seasons"

    def __init__(self) -> None:
        super().__init__(
            _("A year has room for %(most)s seasons here. Remove one you no longer need.")
            % {"most": MAX_SEASONS}
        )


class InvalidWeek(CommonhourError):
    """The cells are not the 672 quarter hours of a week."""

    code = "not_a_week"

    def __init__(self) -> None:
        super().__init__(_("Your week did not arrive complete. Please set it again."))


def availability_cells(
    week: WeeklyAvailability | None, season: AvailabilitySeason | None = None
) -> bytes:
    """Return the level of each quarter hour of the usual week, or of a season: 672 bytes."""
    bare = UNSET_WEEK if season else NOT_AVAILABLE
    if week is None:
        return bare
    rows = week.windows.filter(season=season).order_by("weekday", "starts_minute")
    return levels_from_windows(windows_of(rows), bare)


@transaction.atomic
def set_weekly_availability(
    *, person: Person, cells: bytes, season: AvailabilitySeason | None = None, now: datetime
) -> WeeklyAvailability:
    """Replace the usual week, or a season's week, by the level of each of 672 local quarter hours.

    Raises:
        InvalidWeek: there are more or fewer cells, or one is no level.
    """
    levels = {*Level, UNSET_LEVEL} if season else {*Level}
    if len(cells) != QUARTERS_PER_WEEK or not set(cells) <= levels:
        raise InvalidWeek
    week = _locked_week(person, now)
    week.windows.filter(season=season).delete()
    AvailabilityWindow.objects.bulk_create(_windows(week, season, cells))
    update_heatmaps(person=person, now=now)
    return week


@transaction.atomic
def add_windows(
    *,
    person: Person,
    windows: Iterable[Window],
    season: AvailabilitySeason | None = None,
    now: datetime,
) -> WeeklyAvailability:
    """Write windows over the usual week or a season's week; later windows win."""
    week = _locked_week(person, now)
    cells = levels_from_windows(windows, availability_cells(week, season))
    return set_weekly_availability(person=person, cells=cells, season=season, now=now)


@transaction.atomic
def clear_window(*, person: Person, window: AvailabilityWindow, now: datetime) -> None:
    """Delete one window: its hours are “no” again, or in a season as usual."""
    week = _locked_week(person, now)
    week.windows.filter(pk=window.pk).delete()
    update_heatmaps(person=person, now=now)


@transaction.atomic
def add_season(
    *,
    person: Person,
    label: str,
    first_on: date,
    last_on: date,
    is_yearly: bool,
    now: datetime,
) -> AvailabilitySeason:
    """Add a season, a range of local dates with a week of its own, which is empty at first.

    Raises:
        TooManySeasons: the person has eight.
    """
    week = _locked_week(person, now)
    if week.seasons.count() >= MAX_SEASONS:
        raise TooManySeasons
    return AvailabilitySeason.objects.create(
        week=week, label=label, first_on=first_on, last_on=last_on, is_yearly=is_yearly
    )


@transaction.atomic
def remove_season(*, person: Person, season: AvailabilitySeason, now: datetime) -> None:
    """Delete a season: the usual week applies on its days again."""
    _locked_week(person, now).seasons.filter(pk=season.pk).delete()
    update_heatmaps(person=person, now=now)


@transaction.atomic
def move_availability_zone(*, person: Person, now: datetime) -> None:
    """Apply the same wall-clock hours in the person's present time zone."""
    week = _locked_week(person, now)
    week.tz, week.kept_in_zone = person.tz, ""
    week.save(update_fields=["tz", "kept_in_zone"])
    update_heatmaps(person=person, now=now)


@transaction.atomic
def keep_availability_zone(*, person: Person, now: datetime) -> None:
    """Keep the hours in their zone while the person is in another one, and do not ask again."""
    week = _locked_week(person, now)
    week.kept_in_zone = person.tz.key
    week.save(update_fields=["kept_in_zone"])


@transaction.atomic
def choose_availability_shares(
    *,
    person: Person,
    groups: Iterable[Group],
    everywhere: bool,
    coordinators: bool,
    now: datetime,
) -> None:
    """Set which groups may count this week, whether all do, and whether coordinators may."""
    week = _locked_week(person, now)
    week.shared_with_all_groups, week.shared_with_coordinators = everywhere, coordinators
    week.save(update_fields=["shared_with_all_groups", "shared_with_coordinators"])
    memberships = Membership.objects.active().filter(person=person)
    chosen = memberships.filter(group__in=groups)
    AvailabilityShare.objects.filter(membership__person=person).exclude(
        membership__in=chosen
    ).delete()
    for membership in chosen:
        AvailabilityShare.objects.update_or_create(membership=membership, defaults={"since": now})
    update_heatmaps(person=person, now=now)


@transaction.atomic
def delete_availability(*, person: Person) -> None:
    """Delete a person's week, its seasons and its shares. No copy is kept."""
    AvailabilityShare.objects.filter(membership__person=person).delete()
    WeeklyAvailability.objects.filter(person=person).delete()


def _locked_week(person: Person, now: datetime) -> WeeklyAvailability:
    """Return a person's week, locked and marked as updated; create it if there is none."""
    WeeklyAvailability.objects.get_or_create(
        person=person, defaults={"tz": person.tz, "updated_at": now}
    )
    week = WeeklyAvailability.objects.select_for_update().get(person=person)
    week.updated_at = now
    week.save(update_fields=["updated_at"])
    return week


def _windows(
    week: WeeklyAvailability, season: AvailabilitySeason | None, cells: bytes
) -> Iterator[AvailabilityWindow]:
    bare = UNSET_LEVEL if season else Level.NO
    for weekday, first, last, level in runs(cells):
        if level != bare:
            yield AvailabilityWindow(
                week=week,
                season=season,
                weekday=weekday,
                starts_minute=first * QUARTER_MINUTES,
                ends_minute=last * QUARTER_MINUTES,
                level=level,
            )
