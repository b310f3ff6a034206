"""Weekly availability of a person, its seasons, and the groups that may count it.

No page shows these rows to anybody but their owner: not to facilitators, coordinators or
operators. Others see what searches compute from at least several weeks.
"""

from __future__ import annotations

import zlib
from datetime import time
from typing import TYPE_CHECKING, Self

import numpy as np
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from accounts.fields import ZoneField
from accounts.models.person import Person
from optimizer import Attendee, Horizon, Level, Season, Window
from scheduler.models.groups import Group, Membership

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

MINUTES_PER_DAY = 24 * 60
MAX_LABEL_LENGTH = 40
MAX_SEASONS = 8
MIN_COUNTED_PEOPLE = 5
"""No sum over fewer people than this is ever shown, and no two heatmaps differ by fewer."""


class WeeklyAvailabilityQuerySet(models.QuerySet["WeeklyAvailability"]):
    """Weeks, by whom they are shared with."""

    def shared_with(self, group: Group) -> Self:
        """Keep the weeks that a group may count: those its active members share with it."""
        belonging = Membership.objects.active().filter(group=group, person=OuterRef("person"))
        allowed = AvailabilityShare.objects.in_force().filter(
            membership__group=group, membership__person=OuterRef("person")
        )
        return self.filter(
            Q(shared_with_all_groups=True) | Exists(allowed),
            Exists(belonging),
            person__deactivated_at=None,
        )

    def shared_with_coordinators(self) -> Self:
        """Keep the weeks that searches for new groups and rosters may count."""
        return self.filter(shared_with_coordinators=True, person__deactivated_at=None)

    def with_windows(self) -> Self:
        """Prefetch what :meth:`WeeklyAvailability.to_attendee` reads, in three queries for any number."""
        usual = AvailabilityWindow.objects.filter(season=None).order_by("weekday", "starts_minute")
        seasons = AvailabilitySeason.objects.order_by("pk").prefetch_related(
            Prefetch("windows", AvailabilityWindow.objects.order_by("weekday", "starts_minute"))
        )
        return self.prefetch_related(
            Prefetch("windows", usual, to_attr="usual_windows"),
            Prefetch("seasons", seasons, to_attr="prefetched_seasons"),
        )


class WeeklyAvailability(models.Model):
    """One person's week in wall-clock hours of a zone: where they lived when they entered it.

    ``kept_in_zone`` is another zone in which they chose to keep the hours of ``tz``. ``updated_at``
    is the time of the last change.
    """

    person = models.OneToOneField(Person, models.CASCADE, related_name="weekly_availability")
    tz = ZoneField()
    kept_in_zone = models.CharField(max_length=63, blank=True)
    shared_with_all_groups = models.BooleanField(
        _("in all my groups, also later ones"), default=False
    )
    shared_with_coordinators = models.BooleanField(
        _("where new groups are put together"), default=False
    )
    updated_at = models.DateTimeField()

    objects = WeeklyAvailabilityQuerySet.as_manager()

    if TYPE_CHECKING:  # set by ``with_windows``
        usual_windows: list[AvailabilityWindow]
        prefetched_seasons: list[AvailabilitySeason]

    def needs_zone_answer(self, tz: ZoneInfo) -> bool:
        """Whether the owner's zone is another one now, and they have not said which zone the hours mean."""
        return tz.key not in {self.tz.key, self.kept_in_zone}

    def to_attendee(self, *, facilitator: bool = False, required: bool = False) -> Attendee:
        """Return the person for the optimizer; the row must come from ``with_windows``."""
        return Attendee(
            id=str(self.person_id),
            zone=self.tz.key,
            windows=windows_of(self.usual_windows),
            seasons=tuple(season.to_season() for season in self.prefetched_seasons),
            facilitator=facilitator,
            required=required,
        )


class AvailabilitySeason(models.Model):
    """A range of local dates, both ends included, on which another week applies.

    A yearly season recurs on the same days; its own year only orders its two dates. Hours without
    a window in the season are as usual.
    """

    week = models.ForeignKey(WeeklyAvailability, models.CASCADE, related_name="seasons")
    label = models.CharField(_("what you call it"), max_length=MAX_LABEL_LENGTH)
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    is_yearly = models.BooleanField(_("every year"), default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")), name="season_ends_after_its_first_day"
            )
        ]

    def to_season(self) -> Season:
        """Return the season for the optimizer, without its label."""
        return Season(self.first_on, self.last_on, windows_of(self.windows.all()), self.is_yearly)


class AvailabilityWindow(models.Model):
    """Some hours of one weekday, in minutes after local midnight: whole quarter hours.

    Windows of one week, or of one season, never overlap. Hours without a window are “no” in the
    usual week and as usual in a season.
    """

    week = models.ForeignKey(WeeklyAvailability, models.CASCADE, related_name="windows")
    season = models.ForeignKey(
        AvailabilitySeason, models.CASCADE, null=True, related_name="windows"
    )
    weekday = models.PositiveSmallIntegerField()  # Monday is 0
    starts_minute = models.PositiveSmallIntegerField()
    ends_minute = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()  # optimizer.Level

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    starts_minute__lt=F("ends_minute"),
                    ends_minute__lte=MINUTES_PER_DAY,
                    weekday__lte=6,
                    level__lte=Level.NO,
                ),
                name="window_is_within_a_day",
            )
        ]
        indexes = [models.Index(fields=["week", "season"], name="window_by_week")]


def windows_of(rows: Iterable[AvailabilityWindow]) -> tuple[Window, ...]:
    """Return rows as the optimizer's windows."""
    return tuple(
        Window(
            frozenset([row.weekday]),
            _clock(row.starts_minute),
            _clock(row.ends_minute),
            Level(row.level),
        )
        for row in rows
    )


def _clock(minute: int) -> time:
    """Return a minute of the day as a time; 1440 is midnight."""
    hour, past = divmod(minute % MINUTES_PER_DAY, 60)
    return time(hour, past)


class AvailabilityShareQuerySet(models.QuerySet["AvailabilityShare"]):
    """Permissions to count a week."""

    def in_force(self) -> Self:
        """Keep permissions of active members, given since they last joined."""
        return self.filter(
            membership__state=Membership.State.ACTIVE, since__gte=F("membership__since")
        )


class AvailabilityShare(models.Model):
    """A permission: this group may count my week. It ends with the membership."""

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="availability_share")
    since = models.DateTimeField()

    objects = AvailabilityShareQuerySet.as_manager()


class AvailabilityHeatmap(models.Model):
    """How many members of a group are free in each quarter hour of a year: only counts.

    It is computed from at least five weeks, holds no count below five, and is replaced only when
    the answers of at least five people have changed, so that no two heatmaps differ by fewer.
    ``tokens`` are keyed hashes of the answers, one list for each heatmap so far; they only show
    which answers are unchanged. ``compressed_counts`` are zlib-compressed little-endian 16-bit
    numbers.
    """

    group = models.OneToOneField(Group, models.CASCADE, related_name="availability_heatmap")
    computed_at = models.DateTimeField()
    starts_on = models.DateField()
    weeks = models.PositiveSmallIntegerField()
    people = models.PositiveIntegerField()
    compressed_counts = models.BinaryField()
    salt = models.CharField(max_length=64)
    tokens = models.JSONField(default=list)

    @property
    def horizon(self) -> Horizon:
        """Return the weeks the counts are for."""
        return Horizon(self.starts_on, self.weeks)

    @property
    def free_counts(self) -> NDArray[np.uint16]:
        """Return the counts by instant, as ``optimizer.free_counts`` reads them."""
        return np.frombuffer(zlib.decompress(self.compressed_counts), "<u2").astype(np.uint16)
