"""A group's schedule: its series, their dated sessions, and every change to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

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
from scheduler.models.choices import MembershipRole, SeatState
from scheduler.models.groups import Group, Membership, MembershipQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

JOIN_OPENS_BEFORE = timedelta(minutes=15)
DURATION_LIMITS = (10, 240)  # minutes
HAS_SEAT = Q(
    seat_rows__state__in=[SeatState.GOING, SeatState.OFFERED],
    seat_rows__membership__role=MembershipRole.MEMBER,
)


class Series(models.Model):
    """A recurring schedule: a first wall-clock time in a zone, a rule, a duration.

    ``sequence`` never falls. It rises when the rule changes, ends or resumes, or when a session of
    it is added, moved, cancelled or restored; ``revised_at`` rises with it.
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
        """Keep sessions of the groups this person may see, and those they cover."""
        covered = Q(substitute__person=person.pk) if person.pk else Q(pk__in=[])
        return self.filter(Q(group__in=Group.objects.visible_to(person)) | covered)

    def not_over(self, now: datetime) -> Self:
        """Keep current and upcoming sessions, by start; leave out those that were ended early."""
        return self.filter(ends_at__gt=now, ended_at=None).order_by("starts_at", "pk")

    def taking_place(self) -> Self:
        """Leave out cancelled sessions."""
        return self.filter(cancelled_at=None)

    def with_taken(self) -> Self:
        """Add ``taken``, the number of members' seats booked or offered. Facilitators take none."""
        return self.annotate(taken=Count("seat_rows", filter=HAS_SEAT))

    def with_room(self) -> Self:
        """Keep sessions with a free seat."""
        seats = Coalesce(F("capacity"), F("group__capacity"))
        return self.annotate(taken=Count("seat_rows", filter=HAS_SEAT)).filter(taken__lt=seats)

    def with_waiting(self) -> Self:
        """Add ``waiting``, the number of members on the waiting list."""
        waits = Q(
            seat_rows__state=SeatState.WAITLISTED,
            seat_rows__membership__role=MembershipRole.MEMBER,
        )
        return self.annotate(waiting=Count("seat_rows", filter=waits))

    def with_seat_of(self, person: Person | AnonymousUser) -> Self:
        """Add this person's ``my_seat``, a state, and ``my_offer_ends_at``; both may be None."""
        own = Q(seat_rows__membership__person=person.pk)
        return self.annotate(
            my_seat=Max("seat_rows__state", filter=own),
            my_offer_ends_at=Max("seat_rows__offered_until", filter=own),
        )

    def with_lacks_facilitator(self) -> Self:
        """Add ``lacks_facilitator``: every facilitator declined, and there is no substitute."""
        return self.annotate(lacks_facilitator=_lacks_leader())

    def without_leader(self) -> Self:
        """Keep sessions without a substitute whose group has no facilitator, or every one declined."""
        return self.alias(has_no_leader=_lacks_leader()).filter(has_no_leader=True)

    def with_group_for_list(self) -> Self:
        """Fetch in two queries what a list of sessions shows."""
        return self.select_related("group__organisation").prefetch_related("group__spoken")


def _lacks_leader() -> Case:
    runs = Membership.objects.active().facilitating().filter(group=OuterRef("group"))
    absent = runs.filter(seats__occurrence=OuterRef("pk"), seats__state=SeatState.DECLINED)
    return Case(
        When(substitute__isnull=False, then=Value(False)),
        default=Exact(_count(runs), _count(absent)),
        output_field=models.BooleanField(),
    )


def _count(memberships: models.QuerySet[Membership]) -> Coalesce:
    counted = memberships.order_by().values("group").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


class Occurrence(models.Model):
    """One dated session, identified by the local start its rule named, also after it moved.

    ``starts_at`` and ``ends_at`` are derived from the wall-clock time under ``tz_version`` and may
    be derived again. ``ended_at`` is when its room ended, which may be before ``ends_at``.
    ``sequence`` rises when it is moved, cancelled or restored (RFC 5545, 3.8.7.4); ``revised_at``
    rises with every visible change.
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
    ended_at = models.DateTimeField(null=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revised_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OccurrenceQuerySet.as_manager()

    if TYPE_CHECKING:  # set by methods of the QuerySet
        taken: int
        my_seat: str | None
        my_offer_ends_at: datetime | None
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
        """Return the path of the page from which people join."""
        return reverse("join_session", args=[self.key])

    @property
    def minutes(self) -> int:
        """Return its length in minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def is_on(self, now: datetime) -> bool:
        """Whether it is taking place at ``now``."""
        is_open = self.cancelled_at is None and self.ended_at is None
        return is_open and self.starts_at <= now < self.ends_at

    def can_join(self, now: datetime) -> bool:
        """Whether people may wait for its room to open, or be in it."""
        is_open = self.cancelled_at is None and self.ended_at is None
        return is_open and self.join_opens_at <= now < self.ends_at

    @property
    def seats(self) -> int:
        """Return the number of its seats."""
        return self.capacity or self.group.capacity

    def role_of(self, membership: Membership) -> str:
        """Return a membership's role in this session: a substitute is a co-facilitator."""
        if membership.pk == self.substitute_id and not membership.is_facilitating:
            return Membership.Role.CO_FACILITATOR
        return membership.role

    def is_facilitated_by(self, membership: Membership) -> bool:
        """Whether a membership leads this session: facilitators, co-facilitators, the substitute."""
        return self.role_of(membership) != Membership.Role.MEMBER

    def needs_agreement_of(self, membership: Membership) -> bool:
        """Whether a member has to accept the group agreement before they enter."""
        return not (membership.has_agreed or self.is_facilitated_by(membership))

    def admitted(self) -> MembershipQuerySet:
        """Return the memberships that may enter this session's room, of open accounts only.

        These are the group's active members, the substitute and this session's guests.
        :meth:`admits` applies the same rule to one membership that is in memory.
        """
        active = Q(state=Membership.State.ACTIVE, group=self.group_id)
        guests = Q(state=Membership.State.GUEST, guest_session=self.pk)
        return Membership.objects.filter(
            active | guests | Q(pk=self.substitute_id), person__deactivated_at=None
        )

    def admits(self, membership: Membership) -> bool:
        """Whether this membership may enter the room; its account is not looked at."""
        match membership.state:
            case Membership.State.ACTIVE if membership.group_id == self.group_id:
                return True
            case Membership.State.GUEST if membership.guest_session_id == self.pk:
                return True
        return membership.pk == self.substitute_id

    @property
    def is_cancelled(self) -> bool:
        """Whether it is cancelled."""
        return self.cancelled_at is not None

    @property
    def join_opens_at(self) -> datetime:
        """Return the instant from which people may wait for the room to open."""
        return self.starts_at - JOIN_OPENS_BEFORE


class ScheduleChangeQuerySet(models.QuerySet["ScheduleChange"]):
    """Changes to schedules."""

    def top_level(self) -> Self:
        """Leave out changes that are part of a bigger one."""
        return self.filter(part_of=None)

    def undoable(self) -> Self:
        """Leave out updates of the tz database, and cover, which has an action of its own to withdraw it."""
        kinds = ScheduleChange.Kind
        return self.exclude(kind__in=[kinds.RETIMED, kinds.COVERED])

    def last_undoable(self, now: datetime) -> ScheduleChange | None:
        """Return the last change if it can be undone: its session has not started."""
        last = self.top_level().undoable().select_related("occurrence").last()
        if last is None or last.kind == ScheduleChange.Kind.UNDONE:
            return None
        has_begun = last.occurrence is not None and last.occurrence.starts_at <= now
        return None if has_begun else last

    def with_author_alias(self) -> Self:
        """Add ``author_alias``, the author's alias in the group, and ``size``, the number of sessions."""
        own = Membership.objects.filter(group=OuterRef("group"), person=OuterRef("by"))
        signed = self.annotate(author_alias=Subquery(own.values("alias")), size=Count("parts"))
        return signed.select_related("series")


class ScheduleChange(models.Model):
    """One change to a schedule: who, when, before, after, why.

    A change of many sessions is one row, with a part for each session: notices to members are
    derived from rows of single sessions.
    """

    class Kind(models.TextChoices):
        """What was changed."""

        CREATED = "created", _("Time added")
        CONTINUED = "continued", _("This and all following changed")
        ENDED = "ended", _("Time stopped")
        ADDED = "added", _("Extra session")
        MOVED = "moved", _("Moved")
        RESIZED = "resized", _("Length changed")
        CANCELLED = "cancelled", _("Cancelled")
        RESTORED = "restored", _("Restored")
        COVERED = "covered", _("Leader chosen")
        RETIMED = "retimed", _("New clock rules")
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

    objects = ScheduleChangeQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at"], name="schedule_change_by_time")]
