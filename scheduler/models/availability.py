"""When somebody can come: her week on her own clock, its seasons, and which groups may count it.

Nobody but herself ever reads one of these rows on a page: not a facilitator, not a coordinator, not
the operator's pages. Others read what searches make of at least several of them.
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
from optimizer import Attendee, Level, Rhythm, Season, Window
from scheduler.models.groups import Group, Membership

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

MINUTES_PER_DAY = 24 * 60
MAX_LABEL_LENGTH = 40
MAX_SEASONS = 8
MIN_COUNTED_PEOPLE = 5
"""No sum over fewer people than this is ever shown, and no two pictures differ by fewer."""


class WeeklyAvailabilityQuerySet(models.QuerySet["WeeklyAvailability"]):
    """Weeks, as far as somebody allowed them to be counted."""

    def shared_with(self, group: Group) -> Self:
        """Keep the weeks that this group may count: of people who belong and said so."""
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
        """Keep the weeks that whoever puts new groups and rosters together may count."""
        return self.filter(shared_with_coordinators=True, person__deactivated_at=None)

    def with_windows(self) -> Self:
        """Fetch everything that :meth:`WeeklyAvailability.to_attendee` reads, in three queries for any number."""
        usual = AvailabilityWindow.objects.filter(season=None).order_by("weekday", "starts_minute")
        seasons = AvailabilitySeason.objects.order_by("pk").prefetch_related(
            Prefetch("windows", AvailabilityWindow.objects.order_by("weekday", "starts_minute"))
        )
        return self.prefetch_related(
            Prefetch("windows", usual, to_attr="usual_windows"),
            Prefetch("seasons", seasons, to_attr="prefetched_seasons"),
        )


class WeeklyAvailability(models.Model):
    """One person's week, in hours of a zone: where she lived when she painted it.

    ``kept_in_zone`` is the zone in which she was last told that these hours are meant elsewhere, and
    wanted it so. ``updated_at`` is when she last changed anything.
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

    if TYPE_CHECKING:  # there only where ``whole`` was asked for them
        usual_windows: list[AvailabilityWindow]
        prefetched_seasons: list[AvailabilitySeason]

    def needs_zone_answer(self, tz: ZoneInfo) -> bool:
        """Whether its owner lives on another clock now, and has not said what her hours mean."""
        return tz.key not in {self.tz.key, self.kept_in_zone}

    def to_attendee(self, *, facilitator: bool = False, required: bool = False) -> Attendee:
        """Return her as the hours know her; the week comes from ``whole``."""
        return Attendee(
            id=str(self.person_id),
            zone=self.tz.key,
            windows=windows_of(self.usual_windows),
            seasons=tuple(season.to_season() for season in self.prefetched_seasons),
            facilitator=facilitator,
            required=required,
        )


class AvailabilitySeason(models.Model):
    """Days on which another week holds: local dates, the last one included.

    A yearly one comes back on the same days of each year; its own year counts only for how the
    two days follow each other. What a season does not paint is as usual.
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
        """Return it as the hours know it, without its label."""
        return Season(self.first_on, self.last_on, windows_of(self.windows.all()), self.is_yearly)


class AvailabilityWindow(models.Model):
    """Some hours of one weekday, in minutes after local midnight: whole quarter hours.

    Windows of one week, or of one season, never overlap. In the usual week what has no window is
    “no”; in a season it is as usual.
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
    """Return rows as windows of a local week."""
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
    """Return a time of day; the end of a day is its midnight."""
    hour, past = divmod(minute % MINUTES_PER_DAY, 60)
    return time(hour, past)


class AvailabilityShareQuerySet(models.QuerySet["AvailabilityShare"]):
    """What people allowed."""

    def in_force(self) -> Self:
        """Keep what was said by somebody who still belongs, since she last came in."""
        return self.filter(
            membership__state=Membership.State.ACTIVE, since__gte=F("membership__since")
        )


class AvailabilityShare(models.Model):
    """“This group may count my week.” Whoever leaves and comes back is asked again."""

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="availability_share")
    since = models.DateTimeField()

    objects = AvailabilityShareQuerySet.as_manager()


class AvailabilityHeatmap(models.Model):
    """How many members of a group are free, quarter hour by quarter hour of a year: only sums.

    Drawn from at least five weeks, without any number below five, and drawn again only when at
    least five people's answers have changed, so that no two pictures differ by fewer. It holds
    nobody's week: ``tokens`` are keyed hashes, one list for each picture there was, that only tell
    which answers are still the same. ``sums`` are compressed little-endian 16-bit numbers.
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
    def rhythm(self) -> Rhythm:
        """Return the weeks it was drawn for."""
        return Rhythm(self.starts_on, self.weeks)

    @property
    def free_counts(self) -> NDArray[np.uint16]:
        """Return how many are free by instant, as ``optimizer.free_counts`` reads it."""
        return np.frombuffer(zlib.decompress(self.compressed_counts), "<u2").astype(np.uint16)
