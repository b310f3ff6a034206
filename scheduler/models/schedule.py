"""When a group meets: the agreed rule, its dated sessions, and every change to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Count, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import KeyField, LocalDateTimeField, ZoneField
from accounts.models.person import Person
from scheduler.models.groups import Group, Membership

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

DOORS_OPEN_BEFORE = timedelta(minutes=15)
DURATION_LIMITS = (10, 240)  # minutes
HAS_SEAT = Q(seat_rows__state__in=["going", "offered"], seat_rows__membership__role="member")


class Series(models.Model):
    """The agreement: a first wall-clock time in a zone, a rule, a duration.

    ``sequence`` never falls; it rises when the rule changes or ends, goes on again, or one of its
    sessions moves, is cancelled, restored, comes or goes. ``revised_at`` rises with it.
    """

    group = models.ForeignKey(Group, models.CASCADE, related_name="series")
    tz = ZoneField()
    first_local = LocalDateTimeField()
    rule = models.CharField(
        max_length=120
    )  # RFC 5545 RRULE value, from the allow-list of civiltime.recurrence
    duration_minutes = models.PositiveSmallIntegerField(
        _("minutes"),
        default=60,
        validators=[MinValueValidator(DURATION_LIMITS[0]), MaxValueValidator(DURATION_LIMITS[1])],
    )
    filled_until = models.DateTimeField(null=True, editable=False)  # sessions exist up to here
    origin = models.ForeignKey("self", models.SET_NULL, null=True, related_name="successors")
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revised_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name_plural = "series"
        indexes = [
            models.Index(
                fields=["filled_until"], condition=Q(ended_at=None), name="series_to_top_up"
            )
        ]


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    """Dated sessions."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Keep sessions of the groups that this person may see, and those that she covers."""
        covered = Q(substitute__person=person.pk) if person.pk else Q(pk__in=[])
        return self.filter(Q(group__in=Group.objects.visible_to(person)) | covered)

    def not_over(self, now: datetime) -> Self:
        """Keep what is on or still to come, soonest first."""
        return self.filter(ends_at__gt=now).order_by("starts_at", "pk")

    def taking_place(self) -> Self:
        """Leave out cancelled sessions."""
        return self.filter(cancelled_at=None)

    def with_taken(self) -> Self:
        """Add ``taken``: how many seats members have or are offered. Facilitators take none."""
        return self.annotate(taken=Count("seat_rows", filter=HAS_SEAT))

    def with_room(self) -> Self:
        """Keep sessions in which a seat is free."""
        seats = Coalesce(F("capacity"), F("group__capacity"))
        return self.annotate(taken=Count("seat_rows", filter=HAS_SEAT)).filter(taken__lt=seats)

    def with_waiting(self) -> Self:
        """Add ``waiting``: how many members would come if there were a seat."""
        waits = Q(seat_rows__state="waitlisted", seat_rows__membership__role="member")
        return self.annotate(waiting=Count("seat_rows", filter=waits))

    def with_seat_of(self, person: Person | AnonymousUser) -> Self:
        """Add ``my_seat``, the state of this person's seat, and ``my_offer_ends_at``; or None."""
        own = Q(seat_rows__membership__person=person.pk)
        return self.annotate(
            my_seat=Max("seat_rows__state", filter=own),
            my_offer_ends_at=Max("seat_rows__offered_until", filter=own),
        )

    def with_absences(self) -> Self:
        """Add ``lacks_facilitator``: each facilitator said “not this time”, and nobody covers."""
        return self.annotate(lacks_facilitator=_nobody_leads())

    def led_by_nobody(self) -> Self:
        """Keep what nobody leads: no facilitator, or each said “not this time”; nobody covers."""
        return self.alias(is_led_by_nobody=_nobody_leads()).filter(is_led_by_nobody=True)

    def for_cards(self) -> Self:
        """Fetch in two queries what a list of sessions shows."""
        return self.select_related("group__organisation").prefetch_related("group__spoken")


def _nobody_leads() -> Case:
    runs = Membership.objects.active().facilitating().filter(group=OuterRef("group"))
    absent = runs.filter(seats__occurrence=OuterRef("pk"), seats__state="declined")
    return Case(
        When(substitute__isnull=False, then=Value(False)),
        default=Exact(_how_many(runs), _how_many(absent)),
        output_field=models.BooleanField(),
    )


def _how_many(memberships: models.QuerySet[Membership]) -> Coalesce:
    counted = memberships.order_by().values("group").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


class Occurrence(models.Model):
    """One dated session, known by the local start its rule named; moving it keeps that identity.

    ``starts_at`` and ``ends_at`` are derived from the wall clock under ``tz_version`` and may be
    derived again. ``sequence`` rises when it moves, is cancelled or restored (RFC 5545, 3.8.7.4);
    ``revised_at`` rises with every change that anyone can see.
    """

    key = KeyField()
    group = models.ForeignKey(Group, models.CASCADE, related_name="occurrences")
    series = models.ForeignKey(Series, models.CASCADE, null=True, related_name="occurrences")
    original_local = LocalDateTimeField(editable=False)
    starts_local = LocalDateTimeField()
    tz = ZoneField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    tz_version = models.CharField(max_length=8, editable=False)
    capacity = models.PositiveSmallIntegerField(null=True)
    substitute = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="covers")
    moved_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revised_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[OccurrenceQuerySet] = OccurrenceQuerySet.as_manager()  # type: ignore[assignment]

    if TYPE_CHECKING:  # there only where a QuerySet was asked for them
        taken: int
        waiting: int
        lacks_facilitator: bool

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "original_local"], name="occurrence_is_one_per_local_start"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="occurrence_ends_after_its_start"
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="occurrence_by_start"),
            models.Index(fields=["ends_at"], name="occurrence_by_end"),
            models.Index(fields=["group", "starts_at"], name="occurrence_by_group"),
        ]

    def get_absolute_url(self) -> str:
        """Return the address of its door."""
        return reverse("join_session", args=[self.key])

    @property
    def minutes(self) -> int:
        """Return its length."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def is_on(self, now: datetime) -> bool:
        """Whether it is taking place."""
        return not self.is_cancelled and self.starts_at <= now < self.ends_at

    @property
    def seats(self) -> int:
        """Return how many people this session seats."""
        return self.capacity or self.group.capacity

    def role_of(self, membership: Membership) -> str:
        """Return what someone may do in this session: who covers it facilitates it."""
        if membership.pk == self.substitute_id and not membership.is_facilitating:
            return Membership.Role.CO_FACILITATOR
        return membership.role

    def welcomes(self, membership: Membership) -> bool:
        """Whether she may enter this session's room; ``welcome_at`` asks the same of the tables."""
        belongs = membership.state == Membership.State.ACTIVE
        is_ours = membership.group_id == self.group_id
        return (belongs and is_ours) or membership.pk == self.substitute_id

    @property
    def is_cancelled(self) -> bool:
        """Whether it will not take place."""
        return self.cancelled_at is not None

    @property
    def doors_open_at(self) -> datetime:
        """Return the instant from which people may wait at the door."""
        return self.starts_at - DOORS_OPEN_BEFORE


class ScheduleChangeQuerySet(models.QuerySet["ScheduleChange"]):
    """What was done to the schedule."""

    def whole(self) -> Self:
        """Leave out what is only a part of a bigger change."""
        return self.filter(part_of=None)

    def to_undo(self) -> Self:
        """Leave out what is not undone: a new tz database, and cover, which is taken back."""
        kinds = ScheduleChange.Kind
        return self.exclude(kind__in=[kinds.RETIMED, kinds.COVERED])

    def last_to_undo(self, now: datetime) -> ScheduleChange | None:
        """Return the last change if it can still be taken back; its sessions have not begun."""
        last = self.whole().to_undo().select_related("occurrence").last()
        if last is None or last.kind == ScheduleChange.Kind.UNDONE:
            return None
        has_begun = last.occurrence is not None and last.occurrence.starts_at <= now
        return None if has_begun else last

    def with_signatures(self) -> Self:
        """Add ``signature``, the alias here of who did it, and ``size``, how many sessions."""
        own = Membership.objects.filter(group=OuterRef("group"), person=OuterRef("by"))
        signed = self.annotate(signature=Subquery(own.values("alias")), size=Count("parts"))
        return signed.select_related("series")


class ScheduleChange(models.Model):
    """One change to the schedule: who, when, what before, what after, why.

    A change of many sessions at once is one row with a part for each session it touched, so that
    whoever tells a member about her session reads rows that name one.
    """

    class Kind(models.TextChoices):
        """What was done."""

        CREATED = "created", _("Hour set")
        CONTINUED = "continued", _("This and all following changed")
        ENDED = "ended", _("Hour ended")
        ADDED = "added", _("Extra session")
        MOVED = "moved", _("Moved")
        RESIZED = "resized", _("Length changed")
        CANCELLED = "cancelled", _("Cancelled")
        RESTORED = "restored", _("Restored")
        COVERED = "covered", _("Substitute")
        RETIMED = "retimed", _("New tz database")
        UNDONE = "undone", _("Undone")

    group = models.ForeignKey(Group, models.CASCADE, related_name="schedule_changes")
    series = models.ForeignKey(Series, models.CASCADE, null=True, related_name="changes")
    occurrence = models.ForeignKey(Occurrence, models.CASCADE, null=True, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    part_of = models.ForeignKey("self", models.CASCADE, null=True, related_name="parts")
    undoes = models.OneToOneField("self", models.CASCADE, null=True, related_name="undone_by")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)

    objects: ClassVar[ScheduleChangeQuerySet] = ScheduleChangeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at"], name="schedule_change_by_time")]
