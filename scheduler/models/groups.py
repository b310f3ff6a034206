"""Groups, and the memberships of people under an alias."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import KeyField, ZoneField
from accounts.models.person import Person
from accounts.one_time_codes import derived_code
from scheduler.models.choices import FACILITATING_ROLES, MembershipRole, MembershipState
from scheduler.models.organisations import NAME_LENGTH, Affiliation, Organisation
from scheduler.rules.agreement import AGREEMENT_VERSION
from scheduler.rules.names import MAX_ALIAS_LENGTH, MAX_KEY_LENGTH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

DEFAULT_CAPACITY = 12
INVITATION_CODE_LENGTH = 12  # 58 bits
MAX_SEATS_PER_FACILITATOR = 8  # above it the pages suggest a co-facilitator
MAXIMUM_CAPACITY = 100

# In these states a membership keeps its alias from other people of the group.
ALIAS_HOLDING_STATES = (
    MembershipState.APPLIED,
    MembershipState.ACTIVE,
    MembershipState.COVERING,
    MembershipState.GUEST,
)


class GroupQuerySet(models.QuerySet["Group"]):
    """Groups, by what a person may see or do."""

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """Keep open groups that are listed, or that this person belongs to or coordinates."""
        return self.filter(closed_at=None).filter(Q(is_listed=True) | _belonging(person)).distinct()

    def listed(self) -> Self:
        """Keep open groups of the public list."""
        return self.filter(closed_at=None, is_listed=True)

    def joined_by(self, person: Person | AnonymousUser) -> Self:
        """Keep open groups of which this person is an active member."""
        if not person.pk:
            return self.none()
        return self.filter(
            closed_at=None, pk__in=Membership.objects.active().filter(person=person).values("group")
        )

    def with_next_session(self, now: datetime) -> Self:
        """Add ``next_session_at``, the start of the next session, or None."""
        to_come = Q(occurrences__starts_at__gt=now, occurrences__cancelled_at=None)
        return self.annotate(next_session_at=Min("occurrences__starts_at", filter=to_come))

    def coordinated_by(self, person: Person) -> Self:
        """Keep the groups of the organisations that this person coordinates."""
        return self.filter(
            closed_at=None, organisation__in=Organisation.objects.coordinated_by(person)
        )

    def with_has_facilitator(self) -> Self:
        """Add ``has_facilitator``."""
        running = Membership.objects.active().facilitating().filter(group=OuterRef("pk"))
        return self.annotate(has_facilitator=Exists(running))

    def facilitated_by(self, person: Person | AnonymousUser) -> Self:
        """Keep open groups in which this person is facilitator or co-facilitator."""
        if not person.pk:
            return self.none()
        return self.filter(
            closed_at=None,
            pk__in=Membership.objects.active().facilitating().filter(person=person).values("group"),
        )

    def for_dashboard(self) -> Self:
        """Add ``facilitators``, ``members`` and ``applications``, numbers of people."""
        people = Q(memberships__state=MembershipState.ACTIVE)
        runs = Q(memberships__role__in=FACILITATING_ROLES)
        return self.annotate(
            facilitators=Count("memberships", filter=people & runs),
            members=Count("memberships", filter=people & ~runs),
            applications=Count("memberships", filter=Q(memberships__state=MembershipState.APPLIED)),
        )

    def in_language(self, language: str) -> Self:
        """Keep groups with this language (ISO 639-1)."""
        return self.filter(spoken__language=language)


def _belonging(person: Person | AnonymousUser) -> Q:
    if not person.pk:
        return Q(pk__in=[])
    member = Membership.objects.active().filter(person=person).values("group")
    coordinated = Affiliation.objects.filter(
        person=person, role=Affiliation.Role.COORDINATOR
    ).values("organisation")
    return Q(pk__in=member) | Q(organisation__in=coordinated)


class Group(models.Model):
    """People who meet. Its schedule is in the wall-clock time of its anchor zone ``tz``.

    ``revised_at`` is the time of the last change that calendars show, in whole seconds; no two
    changes of a group share one. ``closes_at`` is set once the group was ended: nobody can join it,
    and until then it can be reopened.
    """

    class JoinPolicy(models.TextChoices):
        """Who may join."""

        OPEN = "open", _("Open: anyone may join")
        APPROVAL = "approval", _("By approval: a facilitator answers each request")
        INVITATION = "invitation", _("By invitation: joining takes a code from a facilitator")

    key = KeyField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="groups")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    about = models.TextField(_("about"), max_length=2000, blank=True)
    tz = ZoneField(_("anchor zone"))
    capacity = models.PositiveSmallIntegerField(
        _("seats"),
        default=DEFAULT_CAPACITY,
        validators=[MinValueValidator(2), MaxValueValidator(MAXIMUM_CAPACITY)],
    )
    join_policy = models.CharField(
        _("who may join"), max_length=10, choices=JoinPolicy.choices, default=JoinPolicy.APPROVAL
    )
    welcomes_guests = models.BooleanField(
        _("people may come to a session without an account"), default=False
    )
    is_listed = models.BooleanField(_("shown in the public list"), default=True)
    imported_from = models.CharField(max_length=120, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    renamed_at = models.DateTimeField(null=True, editable=False)
    revised_at = models.DateTimeField(null=True, editable=False)
    closes_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = GroupQuerySet.as_manager()

    if TYPE_CHECKING:  # set by ``for_dashboard``
        facilitators: int
        members: int
        applications: int

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "imported_from"],
                condition=~Q(imported_from=""),
                name="group_is_imported_once",
            )
        ]

    def get_absolute_url(self) -> str:
        """Return the path of its page."""
        return reverse("group", args=[self.key])

    @property
    def takes_guests(self) -> bool:
        """Whether people may come to a session without an account."""
        is_open = self.join_policy == self.JoinPolicy.OPEN and self.closed_at is None
        return is_open and self.welcomes_guests and self.organisation.allows_guests

    @property
    def languages(self) -> list[str]:
        """Return the ISO 639-1 codes of its languages, in alphabetical order."""
        return sorted(row.language for row in self.spoken.all())


class GroupLanguage(models.Model):
    """One language of a group."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="spoken")
    language = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "language"], name="language_is_spoken_once")
        ]
        indexes = [models.Index(fields=["language"], name="group_by_language")]


MEMBERSHIP_COLUMNS: Final = ("id", "group_id", "alias", "role", "state", "guest_session_id")
SELECT_WITH_OPEN_ACCOUNTS = """
    SELECT member.id, member.group_id, member.alias, member.role, member.state, member.guest_session_id
    FROM scheduler_membership AS member
    JOIN accounts_person AS person ON person.id = member.person_id
    WHERE person.deactivated_at IS NULL AND member.id IN ({})
"""


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, by state or role."""

    def active(self) -> Self:
        """Keep active memberships."""
        return self.filter(state=Membership.State.ACTIVE)

    def facilitating(self) -> Self:
        """Keep facilitators and co-facilitators."""
        return self.filter(role__in=FACILITATING_ROLES)

    def with_open_accounts(self, pks: Collection[int]) -> Iterable[Membership]:
        """Return these memberships of active accounts, with the columns that give rights.

        Raw SQL, because every chat message runs it: building the query with the ORM takes five times
        as long as the database takes to answer.
        """
        if not pks:
            return []
        places = ", ".join(["%s"] * len(pks))
        with connection.cursor() as cursor:
            cursor.execute(SELECT_WITH_OPEN_ACCOUNTS.format(places), [*pks])
            return [
                Membership.from_db(self.db, MEMBERSHIP_COLUMNS, row) for row in cursor.fetchall()
            ]

    def unanswered(self) -> Self:
        """Keep applications, the oldest first."""
        return self.filter(state=Membership.State.APPLIED).order_by("since", "pk")


class Membership(models.Model):
    """A person in a group, under an alias of that group alone.

    ``own_name`` is what the person's own calendars call the group; nobody else sees it.
    ``decline_count`` is how often they declined a session or took that back, ``declined_at`` when
    they last did: their own calendars leave out declined sessions. ``agreed_version`` is the version
    of the group agreement that they have accepted, 0 for none. ``guest_session`` is the only session
    of a guest, and ``guest_network`` a keyed hash of the network they came from.
    """

    Role = MembershipRole
    State = MembershipState

    group = models.ForeignKey(Group, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    alias = models.CharField(_("alias"), max_length=MAX_ALIAS_LENGTH)
    alias_key = models.CharField(max_length=MAX_KEY_LENGTH, editable=False)
    role = models.CharField(max_length=14, choices=Role.choices, default=Role.MEMBER)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    since = models.DateTimeField(default=timezone.now, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    answer_note = models.CharField(_("note"), max_length=300, blank=True)
    own_name = models.CharField(max_length=MAX_ALIAS_LENGTH, blank=True)
    own_named_at = models.DateTimeField(null=True, editable=False)
    agreed_version = models.PositiveSmallIntegerField(default=0, editable=False)
    guest_session = models.ForeignKey(
        "scheduler.Occurrence", models.CASCADE, null=True, editable=False, related_name="guests"
    )
    guest_network = models.CharField(max_length=64, blank=True, editable=False)
    decline_count = models.PositiveIntegerField(default=0, editable=False)
    declined_at = models.DateTimeField(null=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "person"], name="membership_is_one_per_group"),
            models.UniqueConstraint(
                fields=["group", "alias_key"],
                condition=Q(state__in=ALIAS_HOLDING_STATES),
                name="alias_is_unique_in_its_group",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "state"], name="membership_by_person"),
            models.Index(fields=["since"], name="membership_by_since"),
        ]

    @property
    def has_agreed(self) -> bool:
        """Whether they have accepted the group agreement as it is now."""
        return self.agreed_version >= AGREEMENT_VERSION

    @property
    def is_facilitating(self) -> bool:
        """Whether this membership may manage the group."""
        return self.role != self.Role.MEMBER


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitation codes."""

    def valid(self, now: datetime) -> Self:
        """Keep codes that are neither expired nor revoked, nor used if they are for one person."""
        for_more_people = ~Q(link_key="") | Q(used_at=None)
        return self.filter(for_more_people, revoked_at=None, expires_at__gt=now)

    def links(self) -> Self:
        """Keep links, the newest first."""
        return self.exclude(link_key="").order_by("-created_at", "-pk")


class Invitation(models.Model):
    """A code that lets people join: one person, or anyone with a link.

    Only the hash of a code is stored. Facilitators look at a link again until it ends, so its code
    is derived from ``link_key`` and the secret key; the key of a code for one person is empty.
    """

    group = models.ForeignKey(Group, models.CASCADE, related_name="invitations")
    code_hash = models.CharField(max_length=64, unique=True)
    link_key = models.CharField(max_length=16, blank=True, editable=False)
    needs_approval = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    use_count = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    def get_absolute_url(self) -> str:
        """Return the path of a link."""
        return reverse("join_by_link", args=[self.code])

    @property
    def code(self) -> str:
        """Return the code of a link."""
        return derived_code(self.link_key, INVITATION_CODE_LENGTH)
