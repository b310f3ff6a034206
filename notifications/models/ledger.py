"""The ledger of notices: one row for one message to one person by one transport for one reason."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from scheduler.models import Group, Occurrence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

URGENT_LEAD_MINUTES: Final = 120


class Transport(models.TextChoices):
    """How a notice reaches a person."""

    EMAIL = "email", _("E-mail")
    PUSH = "push", _("Push")
    SMS = "sms", _("Text message")
    WEBHOOK = "webhook", _("Your own service")
    INBOX = "inbox", _("Inbox")


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices, by state."""

    def waiting(self) -> Self:
        """Keep notices that no dispatcher has claimed."""
        return self.filter(state=Notice.State.PLANNED)

    def leased(self) -> Self:
        """Keep notices that a dispatcher holds."""
        return self.filter(state__in=[Notice.State.CLAIMED, Notice.State.HANDED])

    def unconfirmed(self) -> Self:
        """Keep notices of which it is unknown whether they were sent."""
        return self.filter(state=Notice.State.UNCONFIRMED)

    def due(self, transport: Transport, now: datetime) -> Self:
        """Keep notices that a transport should send now, the longest due first."""
        due = self.waiting().filter(transport=transport, next_try_at__lte=now)
        return due.order_by("next_try_at")

    def inbox_of(self, person: Person) -> Self:
        """Keep notices in a person's inbox, the newest first."""
        inbox = self.filter(person=person, transport=Transport.INBOX, state=Notice.State.DONE)
        return inbox.order_by("-done_at", "-pk")

    def unread(self) -> Self:
        """Keep notices that their recipient has not seen."""
        return self.filter(read_at=None)

    def requeue(self, **fields: Any) -> int:
        """Return notices to the queue without a lease, set other fields; return how many."""
        return self.update(**Notice.REQUEUED, **fields)


class Notice(models.Model):
    """One message to one person. The row holds no address, no name and no text of the message.

    planned → claimed (under a lease) → handed → done; or failed, dropped with a reason, or
    unconfirmed: handed over without an answer, because the process or the connection died.
    ``version`` is the session's ``sequence`` for which it was planned; a moved session gets new
    notices.

    A notice is about a session or, without one, about a ``group``. ``about`` is the id of the row
    that gave rise to it, so that one session or group can give rise to several.
    A notice of the inbox is done once it is in there, and read when its recipient opens the inbox.
    """

    class Kind(models.TextChoices):
        """The reason; ``notifications.kinds`` defines each."""

        REMINDER = "reminder", _("Reminder")
        MOVED = "moved", _("Moved")
        CANCELLED = "cancelled", _("Cancelled")
        RESTORED = "restored", _("Restored")
        SUBSTITUTE = "substitute", _("Somebody else leads")
        CLOCKS = "clocks", _("Clocks change")
        OFFERED = "offered", _("A seat is offered")
        ANSWERED = "answered", _("Application answered")
        WELCOME = "welcome", _("Welcome")
        MESSAGE = "message", _("Message")
        ASKED = "asked", _("Asked to cover")
        COVERED = "covered", _("Covered by somebody else")
        UNCOVERED = "uncovered", _("Covered by nobody any more")
        RELEASED = "released", _("Need not cover any more")
        HELP = "help", _("A call for help")

    class State(models.TextChoices):
        """The progress of delivery."""

        PLANNED = "planned", _("Planned")
        CLAIMED = "claimed", _("Claimed")
        HANDED = "handed", _("Handed over")
        DONE = "done", _("Accepted")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("Dropped")
        UNCONFIRMED = "unconfirmed", _("Unconfirmed")

    class Reason(models.TextChoices):
        """Why a notice was dropped or failed."""

        CANCELLED = "cancelled", _("The session was cancelled")
        MOVED = "moved", _("The session was moved")
        WITHDRAWN = "withdrawn", _("The consent was withdrawn")
        LEFT = "left", _("The person is no longer in the group")
        DECLINED = "declined", _("The person will not come")
        SETTLED = "settled", _("It is settled already")
        QUIET = "quiet", _("It fell into the person’s quiet hours")
        UNREACHABLE = "unreachable", _("There is no verified address")
        TOO_LATE = "too_late", _("It would have come too late")
        REFUSED = "refused", _("The address was refused")
        UNSENDABLE = "unsendable", _("It could not be written")

    # The fields of a notice that is in the queue and in nobody's lease.
    REQUEUED: Final[Mapping[str, Any]] = {
        "state": State.PLANNED,
        "handed_at": None,
        "lease_owner": None,
        "lease_token": None,
        "lease_until": None,
    }

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Without database constraints: checking these three took a third of the time to insert half a
    # million notices, and locked each session against changes. A notice whose session is gone is
    # found by the checkpoint before its handover.
    person = models.ForeignKey(Person, models.CASCADE, related_name="notices", db_constraint=False)
    # The unique key below begins with it, so an index of its own would only slow down inserts.
    occurrence = models.ForeignKey(
        Occurrence,
        models.CASCADE,
        null=True,
        related_name="notices",
        db_index=False,
        db_constraint=False,
    )
    group = models.ForeignKey(
        Group, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    lead_minutes = models.PositiveSmallIntegerField(default=0)
    transport = models.CharField(max_length=8, choices=Transport.choices)
    version = models.PositiveIntegerField()
    about = models.PositiveBigIntegerField(default=0)
    is_urgent = models.BooleanField()

    state = models.CharField(max_length=11, choices=State.choices, default=State.PLANNED)
    reason = models.CharField(max_length=11, choices=Reason.choices, blank=True)
    due_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_owner = models.IntegerField(null=True)
    lease_token = models.BigIntegerField(null=True)
    lease_until = models.DateTimeField(null=True)
    planned_at = models.DateTimeField(default=timezone.now)
    handed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    # The key of the message that contained it, by which a gateway can be asked about it.
    message_key = models.UUIDField(null=True, editable=False)
    # When it was last unconfirmed; kept after that is settled, as a record.
    unconfirmed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "occurrence",
                    "person",
                    "kind",
                    "lead_minutes",
                    "transport",
                    "version",
                    "about",
                ],
                name="notice_is_planned_once",
            ),
            models.UniqueConstraint(
                fields=["person", "group", "kind", "transport", "version", "about"],
                condition=Q(occurrence=None),
                name="group_notice_is_planned_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["transport", "is_urgent", "next_try_at"],
                condition=Q(state="planned"),
                name="notice_to_claim",
            ),
            models.Index(
                fields=["lease_owner"],
                condition=Q(state__in=["claimed", "handed"]),
                name="notice_to_reclaim",
            ),
            models.Index(
                fields=["transport"], condition=Q(state="unconfirmed"), name="notice_unconfirmed"
            ),
            models.Index(
                fields=["done_at"], condition=Q(done_at__isnull=False), name="notice_ended"
            ),
            models.Index(
                fields=["person"],
                condition=Q(transport="inbox", state="done", read_at=None),
                name="notice_unread",
            ),
        ]
